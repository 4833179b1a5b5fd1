/* caifs: chooses the command by the first argument. If that is no command,
   caifs mounts; a mountpoint with a command's name is written "./doctor".
   Called by mount(8), it always mounts. */

#include "caifs/print_error.h"
#include "command/help.h"
#include "doctor/doctor_command.h"
#include "export/export_command.h"
#include "mount/mount_command.h"
#include "mount/mount_helper.h"
#include "status/status_command.h"
#include "wait/wait_command.h"
#include "warm/warm_command.h"

#include <string.h>
#include <sys/stat.h>

static const struct command *const commands[] = {
	&doctor_command, &status_command, &warm_command,
	&wait_command,	 &export_command, NULL,
};

static const struct command mount = {
	.name = "",
	.synopsis = "[-f] [-d] [-o OPTION[,OPTION...]] [SOURCE] MOUNTPOINT",
	.summary = "mounts",
	.about = "Shows the scores that Customer AI wrote on Adobe Experience "
		 "Platform: datasets are directories, batches directories in "
		 "them, parquet parts files in those. `latest` in a dataset is "
		 "its newest batch. SOURCE is a named configuration: "
		 "SOURCE.json in ~/.config/caifs or /etc/caifs. To unmount: "
		 "fusermount3 -u MOUNTPOINT",
	.options = mount_options,
	.subcommands = commands,
	.has_settings = true,
	.run = mount_run,
};

static bool is_directory(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Whether the first argument is neither a command nor of a mount: without '/',
   and no directory here; followed by others, also near to a command's name and
   not the name of a configuration. Prints so. */
static bool is_misspelt(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "-", *nearest;

	if (word[0] == '-' || strchr(word, '/') || is_directory(word))
		return false;
	nearest = command_nearest(commands, word);
	if (argc > 2 && (!nearest || settings_has_source(word)))
		return false;
	print_error("'%s' is neither a command nor a directory%s%s%s: see "
		    "caifs --help",
		    word, nearest ? " (did you mean 'caifs " : "",
		    nearest ? nearest : "", nearest ? "'?)" : "");
	return true;
}

int main(int argc, char **argv)
{
	const struct command *command;
	bool fake;

#ifndef CAIFS_ALLOW_PTRACE
	secret_harden_process();
#endif
	if (mount_helper_is(argv[0])) {
		argc = mount_helper_arguments(argc, argv, &fake);
		return (fake ? mount_pretend : mount_run)(&mount, argc, argv);
	}
	if (argc == 2 && strcmp(argv[1], "--dump-options") == 0)
		return help_dump(&mount) ? 1 : 0;
	command = argc > 1 ? command_find(commands, argv[1]) : NULL;
	if (command) {
		argv[1] = argv[0]; /* the command's argv starts here */
		return command->run(command, argc - 1, argv + 1);
	}
	return is_misspelt(argc, argv) ? 2 : mount.run(&mount, argc, argv);
}
