#ifndef CAIFS_CLI_WARM_COMMAND_H
#define CAIFS_CLI_WARM_COMMAND_H

#include "command/command.h"

/* `caifs warm`: fills the disk cache. */
extern const struct command warm_command;

#endif
