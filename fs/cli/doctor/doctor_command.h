#ifndef CAIFS_CLI_DOCTOR_COMMAND_H
#define CAIFS_CLI_DOCTOR_COMMAND_H

#include "command/command.h"

/* `caifs doctor`: checks in order what a mount needs. */
extern const struct command doctor_command;

#endif
