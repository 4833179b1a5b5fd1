#ifndef CAIFS_CLI_ARGUMENTS_H
#define CAIFS_CLI_ARGUMENTS_H

/*
 * The options of a command, taken out of its arguments by its table: "--name",
 * "--name VALUE" or "--name=VALUE", before or after other words, up to "--".
 *
 * Main thread.
 */

#include "command.h"

/* Calls `take` with `data` for each option. What is left in `argv` are the
   words, and for a command with settings also what settings_read() takes.
   --help and --version are answered here.

   COMMAND_CONTINUE, or the exit status after all has been said. */
int arguments_take(const struct command *command, int *argc, char **argv,
		   void *data);

/* Says what is wrong, and how the command is used. Returns 2. */
int arguments_fail(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
