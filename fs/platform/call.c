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
	call_release(call);
}

void call_start(struct source_call *call, const struct call_kind *kind,
		struct http *http)
{
	call->kind = kind;
	call->http = http;
	call->begin.run = begin;
	call->cancel.run = cancel;
	atomic_store(&call->holders, 2);
	http_post(http, &call->begin);
}

void call_cancel(struct source_call *call)
{
	if (atomic_exchange(&call->cancel_posted, true))
		return;
	atomic_fetch_add(&call->holders, 1); /* the posted job's */
	http_post(call->http, &call->cancel);
}

void call_release(struct source_call *call)
{
	if (atomic_fetch_sub(&call->holders, 1) == 1)
		call->kind->destroy(call);
}
