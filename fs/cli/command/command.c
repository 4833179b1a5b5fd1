/* Functions on the tables of commands: see command.h. */

#include "command.h"

#include "caifs/nearest.h"
#include "caifs/print_error.h"
#include "help.h"

#include <stdio.h>
#include <string.h>

int command_prepare(struct settings *settings, enum settings_args kind,
		    int argc, char **argv)
{
	if (settings_read(settings, kind, argc, argv) ||
	    settings_check(settings))
		return 2;
	return COMMAND_CONTINUE;
}

const char *command_word(const struct command *command)
{
	const char *space = strrchr(command->name, ' ');

	return space ? space + 1 : command->name;
}

const struct command *command_find(const struct command *const *table,
				   const char *name)
{
	for (; *table; table++)
		if (strcmp(command_word(*table), name) == 0)
			return *table;
	return NULL;
}

const char *command_nearest(const struct command *const *table,
			    const char *name)
{
	struct nearest nearest = {.word = name};

	for (; *table; table++)
		nearest_offer(&nearest, command_word(*table));
	return nearest.best;
}

/* "audiences, start, status, list or cancel" */
static void list_names(const struct command *const *table, char *text,
		       size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (; *table && at < size; table++)
		at += (size_t)snprintf(text + at, size - at, "%s%s",
				       at == 0	  ? ""
				       : table[1] ? ", "
						  : " or ",
				       command_word(*table));
}

int command_run_subcommand(const struct command *command, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL, *nearest;
	const struct command *sub =
		word ? command_find(command->subcommands, word) : NULL;
	char names[256];

	if (sub) {
		argv[1] = argv[0];
		return sub->run(sub, argc - 1, argv + 1);
	}
	if (word && help_is_asked(word)) {
		help_answer(command, word);
		return 0;
	}
	list_names(command->subcommands, names, sizeof(names));
	nearest = word ? command_nearest(command->subcommands, word) : NULL;
	if (!word)
		print_error("%s: needs a subcommand: %s; see caifs %s --help",
			    command->name, names, command->name);
	else
		print_error("%s: unknown subcommand '%s'%s%s%s: use %s; see "
			    "caifs %s --help",
			    command->name, word,
			    nearest ? " (did you mean '" : "",
			    nearest ? nearest : "", nearest ? "'?)" : "", names,
			    command->name);
	return 2;
}
