#ifndef CAIFS_CLI_COMMAND_H
#define CAIFS_CLI_COMMAND_H

/*
 * A command, as a table: what it is called, what it takes, and what --help says
 * of it. Parsing (arguments.h), help (help.h), completion and the man page are
 * made of, or held to, these tables. To add a command, write its table in its
 * folder and name it in main.c.
 *
 * Main thread.
 */

#include <stdbool.h>

#include "caifs/settings.h"

struct command_option {
	const char *name;  /* "--columns", "-f" */
	const char *value; /* what it takes, as "A,B"; NULL: nothing */
	const char *help;  /* one or more sentences, without a full stop */
	/* `value` is NULL for an option that takes nothing, and never empty
	   but as "--name=" or "". 0, or -EINVAL after it has said why. */
	int (*take)(void *data, const char *value);
};

struct command {
	const char *name;     /* "warm", "export start"; "": mounting */
	const char *synopsis; /* what follows the name */
	const char *summary;  /* one line */
	const char *about;    /* more, in sentences; NULL: nothing */
	const char *exits;    /* its exit statuses; NULL: those of all */
	const struct command_option
		*options; /* name NULL ends it; NULL: none */
	const struct command *const *subcommands; /* NULL ends it; NULL: none */
	/* Also takes what a mount does: -o OPTION..., and a word or two. */
	bool has_settings;
	/* `argv[0]` is the program, the rest what follows the command's name.
	   The exit status: 0 done, 1 failed, 2 wrong usage. */
	int (*run)(const struct command *command, int argc, char **argv);
};

enum { COMMAND_CONTINUE = -1 };

/* Reads and checks what is set. COMMAND_CONTINUE, or the exit status after it
   has said why; finish the settings in any case. */
int command_prepare(struct settings *settings, enum settings_args kind,
		    int argc, char **argv);

/* Of those in a table, the one with this name, which is the last word of
   `command->name`; NULL: none. */
const struct command *command_find(const struct command *const *table,
				   const char *name);

/* Of those, the one whose name is nearest; NULL: none is near. */
const char *command_nearest(const struct command *const *table,
			    const char *name);

/* The last word of its name. */
const char *command_word(const struct command *command);

/* A `run` for a command that has subcommands and does nothing itself. */
int command_run_subcommand(const struct command *command, int argc,
			   char **argv);

#endif
