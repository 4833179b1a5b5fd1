#ifndef CAIFS_CLI_EXPORT_PROGRESS_H
#define CAIFS_CLI_EXPORT_PROGRESS_H

/*
 * The progress of a job, on stderr: on a terminal one line that is redrawn,
 * elsewhere a line for each change and at least one in five minutes. One
 * thread.
 */

#include "caifs/export.h"

struct export_progress {
	bool quiet, terminal, drawn;
	int64_t begun_ms, printed_ms; /* by clock_now_ms() */
	char status[EXPORT_STATUS_MAX + 1];
	int64_t profiles; /* -1: not known */
};

void export_progress_begin(struct export_progress *progress, bool quiet);

/* Draws the job's state. */
void export_progress_show(struct export_progress *progress,
			  const struct export_job *job);

/* Removes the line from the terminal. */
void export_progress_end(struct export_progress *progress);

#endif
