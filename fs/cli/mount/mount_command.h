#ifndef CAIFS_CLI_MOUNT_COMMAND_H
#define CAIFS_CLI_MOUNT_COMMAND_H

#include "command/command.h"

/* Mounts: what caifs does when its first argument is no command. Its table is
   in main.c, since its help lists all commands. */
extern const struct command_option mount_options[];
int mount_run(const struct command *command, int argc, char **argv);

/* mount(8)'s fake mode (-f): checks the settings, mounts nothing. */
int mount_pretend(const struct command *command, int argc, char **argv);

#endif
