#ifndef CAIFS_CLI_ARGUMENTS_H
#define CAIFS_CLI_ARGUMENTS_H

/*
 * Parses a command's options by its table: "--name", "--name VALUE" or
 * "--name=VALUE", before or after other arguments, up to "--".
 *
 * Main thread.
 */

#include "command.h"

/* Calls take(data, value) for each option and removes it from `argv`. Left in
   `argv` are the other arguments, and for a command with settings those of
   settings_read(). Handles --help and --version.

   COMMAND_CONTINUE, or the exit status after it has printed help or why. */
int arguments_take(const struct command *command, int *argc, char **argv,
		   void *data);

/* Prints the message and the command's usage. Returns 2. */
int arguments_fail(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
