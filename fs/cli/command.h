#ifndef CAIFS_CLI_COMMAND_H
#define CAIFS_CLI_COMMAND_H

/* A command is one file and one row of the table in main.c. */

#include "settings.h"

struct command {
	const char *name;
	enum settings_words words; /* what may follow the options */
	/* The exit status: 0 done, 1 failed, 2 wrong usage. */
	int (*run)(const struct settings *settings);
};

int mount_command(const struct settings *settings);
int doctor_command(const struct settings *settings);

#endif
