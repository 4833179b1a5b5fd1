#ifndef CAIFS_GATEWAY_LIMITER_H
#define CAIFS_GATEWAY_LIMITER_H

/*
 * How hard the mount may press: the platform's limits are not published and
 * are shared by all who use the credential (contract 5), so they are felt out.
 * The number of requests at once grows by one after a run of good answers (a
 * short one until the platform has said for the first time that it is enough)
 * and is halved when the platform says that it is too much; then everybody
 * pauses. Where it cannot even be reached, several times in a row, nothing is
 * tried for a while: who asks then is told at once.
 *
 * Pure: numbers in, numbers out.
 */

#include <stdbool.h>
#include <stdint.h>

struct limiter {
	int limit, max;		 /* requests at once */
	int good;		 /* answers since `limit` last changed */
	int throttles;		 /* in a row */
	bool cut;		 /* it was halved once */
	int64_t cut_ms;		 /* when, last */
	int64_t paused_until_ms; /* nothing is asked before that */
	int unreachable;	 /* failures to connect, in a row */
	int64_t down_until_ms;	 /* everything fails before that */
};

void limiter_init(struct limiter *limiter, int first, int max);

void limiter_note_good(struct limiter *limiter);

/* There was an answer, whatever it said. */
void limiter_note_reached(struct limiter *limiter);
void limiter_note_unreachable(struct limiter *limiter, int64_t now_ms);

/* `retry_after_ms` -1: the platform does not say. */
void limiter_note_throttled(struct limiter *limiter, int64_t retry_after_ms,
			    int64_t now_ms, uint32_t random);

#endif
