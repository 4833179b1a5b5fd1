#ifndef CAIFS_PLATFORM_CALL_H
#define CAIFS_PLATFORM_CALL_H

/*
 * The common part of a listing and a range as calls of a source (source.h).
 * Two references: the platform's until `done`, the caller's until its unref.
 * Begin, cancel and promote run on the network thread as jobs.
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

/* Sets `call` up with two references and posts its begin. Set `*ret_call`
   before: callbacks may run before this returns. */
void call_start(struct source_call *call, const struct call_kind *kind,
		struct http *http);

/* Any thread, with a reference. The second and later calls have no effect. */
void call_cancel(struct source_call *call);
void call_promote(struct source_call *call);

/* Drops a reference; the last one destroys the call. Any thread. */
void call_unref(struct source_call *call);

#endif
