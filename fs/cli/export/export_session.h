#ifndef CAIFS_CLI_EXPORT_SESSION_H
#define CAIFS_CLI_EXPORT_SESSION_H

/* One run of `caifs export`. Main thread. */

#include "caifs/export.h"
#include "caifs/settings.h"
#include "export_args.h"
#include "export_exit.h"
#include "terminal/interrupt.h"

struct export_session {
	const struct export_args *args;
	const struct settings *settings;
	struct export *export;
	struct interrupt interrupt;
};

/* Prints that `what` failed with `err` and why; returns the exit status. */
int export_session_fail(const struct export_session *session, int err,
			const char *what);

/* export_start.c: returns the exit status. */
int export_run_start(struct export_session *session);

/* export_watch.c: waits until a job ends and prints the result. Updates `job`.
   Returns the exit status. */
int export_watch(struct export_session *session, struct export_job *job);

#endif
