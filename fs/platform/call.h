#ifndef CAIFS_PLATFORM_CALL_H
#define CAIFS_PLATFORM_CALL_H

/*
 * What a listing and a range have in common as calls of a source (source.h):
 * two holders, the platform until `done` and the caller until it releases; a
 * begin, a cancel and a promotion that reach the network thread as jobs.
 */

#include <stdatomic.h>
#include <stdbool.h>

#include "caifs/executor.h"
#include "caifs/http.h"

struct source_call {
	const struct call_kind *kind;
	struct http *http;
	_Atomic int references;
	_Atomic bool cancel_posted, promote_posted;
	struct job begin, cancel, promote;
};

struct call_kind {
	void (*begin)(struct source_call *call);  /* network thread */
	void (*cancel)(struct source_call *call); /* network thread */
	/* Network thread; NULL: nothing to promote. */
	void (*promote)(struct source_call *call);
	void (*destroy)(struct source_call *call);
};

/* Sets it up with both holders and has it begin. */
void call_start(struct source_call *call, const struct call_kind *kind,
		struct http *http);

/* Any thread. */
void call_cancel(struct source_call *call);
void call_promote(struct source_call *call);

/* One holder less; the last destroys it. Any thread. */
void call_unref(struct source_call *call);

#endif
