#ifndef CAIFS_CLI_MOUNT_COMMAND_H
#define CAIFS_CLI_MOUNT_COMMAND_H

#include "command/command.h"

/* What caifs does when its first word is no command. The table that has it is
   in main.c, for its help lists all commands. */
extern const struct command_option mount_options[];
int mount_run(const struct command *command, int argc, char **argv);

/* What mount(8) does with -f: all but mounting. */
int mount_pretend(const struct command *command, int argc, char **argv);

#endif
