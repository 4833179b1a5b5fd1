#ifndef CAIFS_CLI_COMMAND_H
#define CAIFS_CLI_COMMAND_H

/*
 * A command, as a table of its name, its options and its help. Parsing
 * (arguments.h) and --help (help.h) use these tables; a test compares the
 * completions and the man page with them. To add a command, write its table in
 * its folder and name it in main.c.
 *
 * Main thread.
 */

#include <stdbool.h>

#include "caifs/settings.h"

struct command_option {
	const char *name;  /* "--columns", "-f" */
	const char *value; /* placeholder in --help, as "A,B"; NULL: a flag */
	const char *help;  /* without a full stop at the end */
	/* `value` is NULL for a flag; else the argument as given, which may be
	   empty. 0, or -EINVAL after it has printed why. */
	int (*take)(void *data, const char *value);
};

struct command {
	const char *name;     /* "warm", "export start"; "": mounting */
	const char *synopsis; /* the arguments after the name */
	const char *summary;  /* one line */
	const char *about;    /* sentences; NULL: the summary */
	const char *exits;    /* exit statuses; NULL: 0, 1 and 2 */
	const struct command_option
		*options; /* name NULL ends it; NULL: none */
	const struct command *const *subcommands; /* NULL ends it; NULL: none */
	/* Also takes -o OPTION... and the arguments of a mount. */
	bool has_settings;
	/* `argv[0]` is the program, the rest follows the command's name.
	   Returns the exit status: 0 done, 1 failed, 2 wrong usage. */
	int (*run)(const struct command *command, int argc, char **argv);
};

enum { COMMAND_CONTINUE = -1 };

/* Reads and checks the settings. COMMAND_CONTINUE, or the exit status after it
   has printed why. Call settings_finish() in either case. */
int command_prepare(struct settings *settings, enum settings_args kind,
		    int argc, char **argv);

/* The command in a table whose name's last word is `name`; NULL: none. */
const struct command *command_find(const struct command *const *table,
				   const char *name);

/* The nearest of these last words (caifs/nearest.h); NULL: none is near. */
const char *command_nearest(const struct command *const *table,
			    const char *name);

/* The last word of the command's name; borrowed. */
const char *command_word(const struct command *command);

/* A `run` for a command that has subcommands and does nothing itself. */
int command_run_subcommand(const struct command *command, int argc,
			   char **argv);

#endif
