#ifndef CAIFS_CLI_HELP_H
#define CAIFS_CLI_HELP_H

/*
 * The output of --help and --version, on stdout, generated from the tables of
 * commands (command.h) and of options (option.h).
 *
 * Main thread.
 */

#include <stdbool.h>

#include "command.h"

/* Whether the argument is -h, --help, -V or --version. */
bool help_is_asked(const char *argument);

/* Prints the command's help, or versions, as `argument` asks. */
void help_answer(const struct command *command, const char *argument);

/* Prints both tables as one JSON object, for tests. `mount` is the command
   whose subcommands are all others. 0 or -ENOMEM. */
int help_dump(const struct command *mount);

#endif
