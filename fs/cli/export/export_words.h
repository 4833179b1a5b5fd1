#ifndef CAIFS_CLI_EXPORT_WORDS_H
#define CAIFS_CLI_EXPORT_WORDS_H

/* What was asked of `caifs export`, besides the options of every command. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/times.h"

enum export_verb {
	EXPORT_HELP, /* or the version: the settings know */
	EXPORT_AUDIENCES,
	EXPORT_START,
	EXPORT_STATUS,
	EXPORT_LIST,
	EXPORT_CANCEL,
};

/* Strings are borrowed from argv, but for `since`, `policy`. */
struct export_words {
	enum export_verb verb;
	const char *job;	/* of status and cancel */
	const char **audiences; /* each once */
	size_t audience_count;
	const char *dataset, *new_dataset, *fields; /* NULL: not given */
	char *policy;		       /* the id of --merge-policy; NULL */
	int64_t policy_version;	       /* 0: not given */
	char since[TIMES_MOMENT_SIZE]; /* "": not given */
	bool wait;
};

/* Takes its own words out of `argv` and leaves the rest. 0, or -EINVAL after it
   has said why; finish it either way. */
int export_words_read(struct export_words *words, int *argc, char **argv);
void export_words_finish(struct export_words *words);

#endif
