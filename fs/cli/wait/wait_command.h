#ifndef CAIFS_CLI_WAIT_COMMAND_H
#define CAIFS_CLI_WAIT_COMMAND_H

#include "command/command.h"

/* `caifs wait`: returns when there is a newer batch. */
extern const struct command wait_command;

#endif
