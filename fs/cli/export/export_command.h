#ifndef CAIFS_CLI_EXPORT_COMMAND_H
#define CAIFS_CLI_EXPORT_COMMAND_H

#include "command/command.h"

/* `caifs export` and its subcommands. */
extern const struct command export_command;

#endif
