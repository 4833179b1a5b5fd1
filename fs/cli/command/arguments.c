/* The options of a command: see arguments.h. */

#include "arguments.h"

#include "caifs/nearest.h"
#include "caifs/print_error.h"
#include "help.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int arguments_fail(const struct command *command, const char *format, ...)
{
	char why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	/* A subcommand's messages start with the name of its command. */
	print_error("%.*s%s%s; usage: caifs%s%s %s",
		    (int)strcspn(command->name, " "), command->name,
		    *command->name ? ": " : "", why, *command->name ? " " : "",
		    command->name, command->synopsis);
	return 2;
}

/* `*ret_value`: the text after '='; NULL: no '='. */
static const struct command_option *find(const struct command *command,
					 const char *argument,
					 const char **ret_value)
{
	const struct command_option *option = command->options;

	for (; option && option->name; option++) {
		size_t length = strlen(option->name);

		if (strncmp(argument, option->name, length) != 0 ||
		    (argument[length] && argument[length] != '='))
			continue;
		*ret_value = argument[length] ? argument + length + 1 : NULL;
		return option;
	}
	return NULL;
}

static int fail_unknown(const struct command *command, const char *argument)
{
	struct nearest nearest = {.word = argument,
				  .length = strcspn(argument, "=")};

	for (const struct command_option *option = command->options;
	     option && option->name; option++)
		nearest_offer(&nearest, option->name);
	nearest_offer(&nearest, "--help");
	nearest_offer(&nearest, "--version");
	if (!nearest.best)
		return arguments_fail(command, "unknown option '%s'", argument);
	return arguments_fail(command,
			      "unknown option '%s' (did you mean '%s'?)",
			      argument, nearest.best);
}

/* Takes one option, with its value from `next` if '=' gave none. Returns how
   many arguments it used; 0 after it has printed what is wrong. */
static int take(const struct command *command,
		const struct command_option *option, const char *value,
		const char *next, void *data)
{
	bool apart = option->value && !value;

	if (value && !option->value) {
		arguments_fail(command, "'%s' takes no value", option->name);
		return 0;
	}
	if (apart && !next) {
		arguments_fail(command, "'%s' needs a value: %s", option->name,
			       option->value);
		return 0;
	}
	if (option->take(data, apart ? next : value))
		return 0;
	return apart ? 2 : 1;
}

/* How many arguments from `at[0]` on are none of this table's options; 0: the
   first looks like one. */
static int left_alone(const struct command *command, char **at, bool last)
{
	if (at[0][0] != '-' || !at[0][1])
		return 1;
	if (!command->has_settings)
		return 0;
	if (strcmp(at[0], "-o") == 0)
		return last ? 1 : 2;
	return at[0][1] == 'o' ? 1 : 0;
}

int arguments_take(const struct command *command, int *argc, char **argv,
		   void *data)
{
	int left = 1, i = 1;

	while (i < *argc && strcmp(argv[i], "--") != 0) {
		const struct command_option *option;
		const char *value = NULL;
		bool last = i + 1 == *argc;
		int count = left_alone(command, argv + i, last);

		if (count == 0 && help_is_asked(argv[i])) {
			help_answer(command, argv[i]);
			return 0;
		}
		option = count ? NULL : find(command, argv[i], &value);
		if (count == 0 && !option) {
			if (!command->has_settings || argv[i][1] == '-')
				return fail_unknown(command, argv[i]);
			count = 1; /* left to settings_read() */
		}
		if (option) {
			count = take(command, option, value,
				     last ? NULL : argv[i + 1], data);
			if (!count)
				return 2;
			i += count;
			continue;
		}
		while (count-- > 0)
			argv[left++] = argv[i++];
	}
	if (i < *argc && !command->has_settings)
		i++;
	while (i < *argc)
		argv[left++] = argv[i++];
	argv[left] = NULL;
	*argc = left;
	return COMMAND_CONTINUE;
}
