#ifndef CAIFS_GATEWAY_LIMITER_H
#define CAIFS_GATEWAY_LIMITER_H

/*
 * The limit of concurrent requests. The platform's own limits are not published
 * and are shared by all users of the credential (contract 5), so the limit
 * follows additive increase, multiplicative decrease (AIMD): one more after a
 * run of good answers (a short run before the first throttling), half after a
 * throttling answer, with a pause for all requests. After several failures to
 * connect in a row, all requests fail at once for a few seconds.
 *
 * Pure: numbers in, numbers out. Times are monotonic, in ms.
 */

#include <stdbool.h>
#include <stdint.h>

struct limiter {
	int limit, max;		 /* concurrent requests */
	int good;		 /* answers since `limit` last changed */
	int throttles;		 /* in a row */
	bool cut;		 /* `limit` was halved before */
	int64_t cut_ms;		 /* when it was halved last */
	int64_t paused_until_ms; /* start no request before this */
	int unreachable;	 /* failures to connect, in a row */
	int64_t down_until_ms;	 /* fail every request before this */
};

void limiter_init(struct limiter *limiter, int first, int max);

void limiter_note_good(struct limiter *limiter);

/* An answer came, of any status. */
void limiter_note_reached(struct limiter *limiter);
void limiter_note_unreachable(struct limiter *limiter, int64_t now_ms);

/* `retry_after_ms` -1: the platform does not say. */
void limiter_note_throttled(struct limiter *limiter, int64_t retry_after_ms,
			    int64_t now_ms, uint32_t random);

#endif
