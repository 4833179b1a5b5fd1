#ifndef CAIFS_CLI_EXPORT_ARGS_H
#define CAIFS_CLI_EXPORT_ARGS_H

/* The arguments of a subcommand of `caifs export`, besides the settings. Main
   thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/parse_time.h"
#include "command/command.h"

/* Strings are borrowed from argv, except `since` and `policy`. */
struct export_args {
	const char *job;	/* of status and cancel; else NULL */
	const char **audiences; /* each once */
	size_t audience_count;
	const char *dataset, *new_dataset, *fields; /* NULL: not given */
	char *policy;		     /* ID of --merge-policy; NULL: not given */
	int64_t policy_version;	     /* 0: not given */
	char since[PARSE_TIME_TEXT]; /* "": not given */
	bool wait, json;
};

/* The options of start, of status, and of the others. */
extern const struct command_option export_start_options[];
extern const struct command_option export_status_options[];
extern const struct command_option export_json_options[];

/* Removes its options, and the job if `wants_job`, from `argv`. Returns
   COMMAND_CONTINUE, or the exit status after it has printed why. Call
   export_args_finish() in either case. */
int export_args_read(struct export_args *args, const struct command *command,
		     bool wants_job, int *argc, char **argv);
void export_args_finish(struct export_args *args);

#endif
