/* The log of slow reads: see slow_read_log.h and docs/troubleshooting.md. */

#include "slow_read_log.h"

#include "request.h"

#include "caifs/clock.h"
#include "caifs/log.h"

#include <inttypes.h>

enum {
	/* A read is slow from this part of the timeout on: 3 of 30 s. */
	PART = 10,
	QUIET_MS = 10 * 1000,
};

/* False: this line is suppressed, and counted. */
static bool may_log(struct slow_read_log *slow, int64_t now_ms)
{
	int64_t until_ms = atomic_load(&slow->quiet_until_ms);

	if (now_ms >= until_ms &&
	    atomic_compare_exchange_strong(&slow->quiet_until_ms, &until_ms,
					   now_ms + QUIET_MS))
		return true;
	atomic_fetch_add(&slow->suppressed, 1);
	return false;
}

static void write_line(const struct request *request, int64_t ms,
		       unsigned suppressed)
{
	const struct data_delay *delay = &request->waiter.delay;
	const struct source_wait *source = &delay->source;
	char where[512];

	namespace_describe(request->mount->ns, request->ino, where,
			   sizeof(where));
	log_warning("slow op=read file=%s off=%" PRId64 " len=%zu ms=%" PRId64
		    " waited=%" PRId64 " for=%" PRId64 "-%" PRId64
		    " memory_wait=%" PRId64 " retry=%" PRId64 " queue=%" PRId64
		    " connect=%" PRId64 " first_byte=%" PRId64 " body=%" PRId64
		    " asked=%d concurrency_limit=%d suppressed=%u",
		    where, request->offset, request->size, ms, delay->waited_ms,
		    delay->start, delay->end - 1, delay->memory_wait_ms,
		    source->retry_ms, source->queue_ms, source->connect_ms,
		    source->first_byte_ms, delay->body_ms, source->asked,
		    source->concurrency_limit, suppressed);
}

void slow_read_log_note(const struct request *request)
{
	struct mount *mount = request->mount;
	int64_t now_ms, ms;

	if (!request->waiter.delay.waited_ms)
		return; /* it was in memory */
	now_ms = clock_now_ms();
	ms = now_ms - (request->deadline_ms - mount->config.timeout_ms);
	if (ms < mount->config.timeout_ms / PART ||
	    !may_log(&mount->slow_reads, now_ms))
		return;
	write_line(request, ms,
		   atomic_exchange(&mount->slow_reads.suppressed, 0));
}
