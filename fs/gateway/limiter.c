/* The limit of concurrent requests: see limiter.h. */

#include "limiter.h"

#include "retry.h"

enum {
	/* Throttling answers within this time halve the limit only once: their
	   requests ran at the same time. */
	ONE_EVENT_MS = 1000,
	/* Good answers before the limit grows by one: this many times the
	   limit; before the first throttling, this many. */
	GOOD_RUN = 8,
	/* Failures to connect in a row, after which all requests fail; and for
	   how long. */
	DOWN_AFTER = 5,
	DOWN_MS = 5000,
};

void limiter_init(struct limiter *limiter, int first, int max)
{
	*limiter = (struct limiter){
		.limit = first,
		.max = max > first ? max : first,
		.cut_ms = INT64_MIN / 2,
	};
}

void limiter_note_good(struct limiter *limiter)
{
	int run = limiter->cut ? limiter->limit * GOOD_RUN : GOOD_RUN;

	limiter->throttles = 0;
	if (++limiter->good < run)
		return;
	limiter->good = 0;
	if (limiter->limit < limiter->max)
		limiter->limit++;
}

void limiter_note_reached(struct limiter *limiter)
{
	limiter->unreachable = 0;
	limiter->down_until_ms = 0;
}

void limiter_note_unreachable(struct limiter *limiter, int64_t now_ms)
{
	/* `unreachable` stays: after DOWN_MS, one more failure marks it down
	   again. */
	if (++limiter->unreachable >= DOWN_AFTER)
		limiter->down_until_ms = now_ms + DOWN_MS;
}

void limiter_note_throttled(struct limiter *limiter, int64_t retry_after_ms,
			    int64_t now_ms, uint32_t random)
{
	int64_t pause_ms = retry_after_ms;

	limiter->good = 0;
	if (now_ms - limiter->cut_ms >= ONE_EVENT_MS) {
		limiter->cut_ms = now_ms;
		limiter->cut = true;
		limiter->throttles++;
		if (limiter->limit > 1)
			limiter->limit /= 2;
	}
	if (pause_ms < 0)
		pause_ms = retry_delay_ms(limiter->throttles, random);
	if (now_ms + pause_ms > limiter->paused_until_ms)
		limiter->paused_until_ms = now_ms + pause_ms;
}
