#ifndef CAIFS_CLI_EXPORT_SESSION_H
#define CAIFS_CLI_EXPORT_SESSION_H

/* What the parts of `caifs export` share: one run of it. Main thread. */

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

/* Says what has failed, and gives the exit status for it. */
int export_session_fail(const struct export_session *session, int err,
			const char *what);

/* export_start.c, export_watch.c: exit statuses. */
int export_run_start(struct export_session *session);

/* Follows a job to its end, and says how it ended. `job` is kept up to date. */
int export_watch(struct export_session *session, struct export_job *job);

#endif
