/* Requests: see request.h. */

#include "request.h"

#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Call after the reply. */
static void finish(struct request *request)
{
	pending_answered(request->mount->pending);
	free(request->name);
	free(request);
}

static void run(struct request *request)
{
	int result = request->kind->attempt(request);

	if (result < 0)
		request_fail(request, result);
	else if (result == REQUEST_ANSWERED)
		finish(request);
}

static void run_again(struct job *job)
{
	run(container_of(job, struct request, again));
}

/* Called on the network thread, among others: only hand the request to the
   reply worker; do not copy bytes here. */
static void woken(struct waiter *waiter)
{
	struct request *request =
		container_of(waiter, struct request, waiter.waiter);

	executor_post(request->mount->reply_worker, &request->again);
}

/* Called under libfuse's lock on the request: must take no lock. */
static void interrupted(fuse_req_t fuse, void *data)
{
	struct request *request = data;

	(void)fuse;
	atomic_store(&request->interrupted, true);
	pending_look(request->mount->pending);
}

void request_begin(struct mount *mount, fuse_req_t fuse,
		   const struct request *template)
{
	struct request *request = malloc(sizeof(*request));

	if (!request) {
		fuse_reply_err(fuse, ENOMEM);
		return;
	}
	*request = *template;
	request->mount = mount;
	request->fuse = fuse;
	request->waiter = (struct data_waiter){
		.waiter.wake = woken,
		.caller = (uint64_t)fuse_req_ctx(fuse)->pid,
	};
	request->again.run = run_again;
	request->name = template->name ? strdup(template->name) : NULL;
	atomic_init(&request->interrupted, false);
	request->deadline_ms = clock_now_ms() + mount->config.timeout_ms;
	pending_enter(mount->pending, request);
	fuse_req_interrupt_func(fuse, interrupted, request);
	if (template->name && !request->name)
		request_fail(request, -ENOMEM);
	else
		run(request);
}

void request_detach(struct request *request)
{
	/* In this order: the first waits until no hook is running, so that
	   none uses the request after the second. */
	fuse_req_interrupt_func(request->fuse, NULL, NULL);
	pending_exit(request->mount->pending, request);
}

static void report(const struct request *request, int err)
{
	char where[512];

	if (err == -ENOENT || err == -EINTR)
		return;
	namespace_describe(request->mount->ns, request->ino, where,
			   sizeof(where));
	log_warning("op=%s file=%s%s%s off=%" PRId64 " len=%zu errno=%s",
		    request->kind->name, where, request->name ? " name=" : "",
		    request->name ? request->name : "", request->offset,
		    request->size, strerrorname_np(-err));
}

void request_fail(struct request *request, int err)
{
	request_detach(request);
	report(request, err);
	fuse_reply_err(request->fuse, -err);
	finish(request);
}

void request_take_out(struct request *request, int err)
{
	struct data *data = request->mount->data;

	request_fail(request, err);
	data_resume(data);
}
