/* Calls of the source: see call.h. */

#include "call.h"

#include "caifs/container.h"

static void begin(struct job *job)
{
	struct source_call *call = container_of(job, struct source_call, begin);

	call->kind->begin(call);
}

static void cancel(struct job *job)
{
	struct source_call *call =
		container_of(job, struct source_call, cancel);

	call->kind->cancel(call);
	call_unref(call);
}

static void promote(struct job *job)
{
	struct source_call *call =
		container_of(job, struct source_call, promote);

	call->kind->promote(call);
	call_unref(call);
}

void call_start(struct source_call *call, const struct call_kind *kind,
		struct http *http)
{
	call->kind = kind;
	call->http = http;
	call->begin.run = begin;
	call->cancel.run = cancel;
	call->promote.run = promote;
	atomic_store(&call->references, 2);
	http_post(http, &call->begin);
}

static void post_once(struct source_call *call, _Atomic bool *posted,
		      struct job *job)
{
	if (atomic_exchange(posted, true))
		return;
	atomic_fetch_add(&call->references, 1); /* owned by the job */
	http_post(call->http, job);
}

void call_cancel(struct source_call *call)
{
	post_once(call, &call->cancel_posted, &call->cancel);
}

void call_promote(struct source_call *call)
{
	if (call->kind->promote)
		post_once(call, &call->promote_posted, &call->promote);
}

void call_unref(struct source_call *call)
{
	if (atomic_fetch_sub(&call->references, 1) == 1)
		call->kind->destroy(call);
}
