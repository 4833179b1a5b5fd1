#ifndef CAIFS_CLI_COMMAND_H
#define CAIFS_CLI_COMMAND_H

/* A command is one file and one row of the table in main.c. */

#include "caifs/settings.h"

struct command {
	const char *name;
	/* The exit status: 0 done, 1 failed, 2 wrong usage. One of the two: a
	   command that speaks to the platform, and so has settings; or one that
	   has words of its own. */
	int (*run)(const struct settings *settings);
	int (*run_words)(int argc, char **argv);
	enum settings_words words; /* what may follow the options of `run` */
};

int mount_command(const struct settings *settings);
int doctor_command(const struct settings *settings);
int status_command(int argc, char **argv);
int export_command(int argc, char **argv);

/* Reads and checks what is set, and answers --help, with `usage`, and
   --version. COMMAND_GO_ON, or the exit status; finish the settings in any
   case. */
enum { COMMAND_GO_ON = -1 };
int command_prepare(struct settings *settings, enum settings_words words,
		    int argc, char **argv, void (*usage)(void));
int warm_command(int argc, char **argv);
int wait_command(int argc, char **argv);

#endif
