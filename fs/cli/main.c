/* caifs: which command it is. A first word that is none is a mountpoint or a
   source; a directory of a command's name is written "./doctor". Called by
   mount(8), it mounts. */

#include "command/command.h"
#include "command/usage.h"
#include "mount/mount_helper.h"

#include <string.h>

static const struct command commands[] = {
	{"doctor", .run = doctor_command, .words = SETTINGS_SOURCE_ONLY},
	{"export", .run_words = export_command},
	{"status", .run_words = status_command},
	{"warm", .run_words = warm_command},
	{"wait", .run_words = wait_command},
};

static const struct command mount = {"mount", .run = mount_command,
				     .words = SETTINGS_MOUNTPOINT};

/* What mount(8) does with -f: all but mounting. */
static int pretend_command(const struct settings *settings)
{
	(void)settings;
	return 0;
}

static const struct command pretend = {"mount -f", .run = pretend_command,
				       .words = SETTINGS_MOUNTPOINT};

static const struct command *find_command(const char *word)
{
	for (size_t i = 0; word && i < sizeof(commands) / sizeof(commands[0]);
	     i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct settings settings;
	int status = command_prepare(&settings, command->words, argc, argv,
				     usage_print);

	if (status == COMMAND_GO_ON)
		status = command->run(&settings);
	settings_finish(&settings);
	return status;
}

int main(int argc, char **argv)
{
	const struct command *command;
	bool fake;

	secret_harden_process();
	if (mount_helper_is(argv[0])) {
		argc = mount_helper_arguments(argc, argv, &fake);
		return run(fake ? &pretend : &mount, argc, argv);
	}
	command = find_command(argc > 1 ? argv[1] : NULL);
	if (!command)
		return run(&mount, argc, argv);
	argv[1] = argv[0]; /* the options follow the command's name */
	if (command->run_words)
		return command->run_words(argc - 1, argv + 1);
	return run(command, argc - 1, argv + 1);
}
