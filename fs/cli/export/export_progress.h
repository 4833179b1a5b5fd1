#ifndef CAIFS_CLI_EXPORT_PROGRESS_H
#define CAIFS_CLI_EXPORT_PROGRESS_H

/*
 * How far a job has got, on stderr: on a terminal one line that is written
 * anew, elsewhere a line for each change, and one every so often.
 */

#include "caifs/export.h"

struct export_progress {
	bool quiet, terminal, drawn;
	int64_t begun_ms, said_ms; /* monotonic */
	char status[EXPORT_STATUS_MAX + 1];
	int64_t profiles;
};

void export_progress_begin(struct export_progress *progress, bool quiet);

/* How the job is now. */
void export_progress_show(struct export_progress *progress,
			  const struct export_job *job);

/* Takes the line away. */
void export_progress_end(struct export_progress *progress);

#endif
