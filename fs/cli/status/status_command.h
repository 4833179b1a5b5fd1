#ifndef CAIFS_CLI_STATUS_COMMAND_H
#define CAIFS_CLI_STATUS_COMMAND_H

#include "command/command.h"

/* `caifs status`: prints the state of mounts. */
extern const struct command status_command;

#endif
