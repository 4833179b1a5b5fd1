#ifndef CAIFS_CLI_HELP_H
#define CAIFS_CLI_HELP_H

/*
 * What --help and --version print, on stdout: made of the tables of commands
 * (command.h) and of options (option.h), and of nothing else.
 *
 * Main thread.
 */

#include <stdbool.h>

#include "command.h"

/* Is this argument -h, --help, -V or --version? */
bool help_is_asked(const char *argument);

/* Prints what was asked for: the command's help, or versions. */
void help_answer(const struct command *command, const char *argument);

/* For programs, tests above all: both tables as one JSON object. `mount` is the
   command whose subcommands are all the others. 0 or -ENOMEM. */
int help_dump(const struct command *mount);

#endif
