/* The tables as JSON: see help_dump(). */

#include "help.h"

#include "caifs/option.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

static void add_text(cJSON *object, const char *name, const char *text)
{
	if (text)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_texts(cJSON *object, const char *name, const char *const *texts)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (; *texts; texts++)
		cJSON_AddItemToArray(array, cJSON_CreateString(*texts));
}

static cJSON *describe_option(const struct option *option)
{
	cJSON *row = cJSON_CreateObject();

	add_text(row, "name", option->name);
	add_text(row, "value", option->value);
	add_text(row, "environment", option->environment);
	add_text(row, "preset", option->preset);
	add_text(row, "help", option->help);
	add_texts(row, "aliases", option->aliases);
	cJSON_AddBoolToObject(row, "flag", option->flag);
	cJSON_AddBoolToObject(row, "secret", option->secret);
	return row;
}

static cJSON *describe_command(const struct command *command)
{
	const struct command_option *option = command->options;
	cJSON *row = cJSON_CreateObject(), *list;

	add_text(row, "name", command->name);
	add_text(row, "synopsis", command->synopsis);
	add_text(row, "summary", command->summary);
	cJSON_AddBoolToObject(row, "has_settings", command->has_settings);
	list = cJSON_AddArrayToObject(row, "options");
	for (; option && option->name; option++) {
		cJSON *item = cJSON_CreateObject();

		add_text(item, "name", option->name);
		add_text(item, "value", option->value);
		add_text(item, "help", option->help);
		cJSON_AddItemToArray(list, item);
	}
	list = cJSON_AddArrayToObject(row, "subcommands");
	for (size_t i = 0; command->subcommands && command->subcommands[i]; i++)
		cJSON_AddItemToArray(list,
				     describe_command(command->subcommands[i]));
	return row;
}

int help_dump(const struct command *mount)
{
	cJSON *root = cJSON_CreateObject(), *list;
	char *text;

	list = cJSON_AddArrayToObject(root, "options");
	for (int id = 0; id < OPTION_COUNT; id++)
		cJSON_AddItemToArray(list, describe_option(&options[id]));
	add_texts(root, "fuse_options", option_fuse_names);
	cJSON_AddItemToObject(root, "mount", describe_command(mount));
	text = cJSON_Print(root);
	cJSON_Delete(root);
	if (!text)
		return -ENOMEM;
	puts(text);
	cJSON_free(text);
	return 0;
}
