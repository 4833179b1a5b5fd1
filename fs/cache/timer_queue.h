#ifndef CAIFS_CACHE_TIMER_QUEUE_H
#define CAIFS_CACHE_TIMER_QUEUE_H

/*
 * A thread that rings when it is time: for waits that are bounded. `fire` runs
 * on it with no lock held, once for each setting, and must not wait.
 *
 * Any thread. A setting is taken back by timer_clear(), which says whether it
 * was in time to.
 */

#include <stdbool.h>
#include <stdint.h>

struct timer {
	void (*fire)(struct timer *timer);
	int64_t due_ms; /* the rest is the clock's */
	struct timer *prev, *next;
	bool set;
};

struct timer_queue;

int timer_queue_create(struct timer_queue **ret_queue);

/* Forgets what has not rung. NULL is allowed. Returns NULL. */
struct timer_queue *timer_queue_destroy(struct timer_queue *timers);

void timer_set(struct timer_queue *timers, struct timer *timer, int64_t in_ms);
bool timer_clear(struct timer_queue *timers, struct timer *timer);

#endif
