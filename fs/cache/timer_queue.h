#ifndef CAIFS_CACHE_TIMER_QUEUE_H
#define CAIFS_CACHE_TIMER_QUEUE_H

/*
 * Timers, and the thread that fires them. `fire` runs on that thread, once for
 * each timer_set(), with no lock held; it must not wait, and may set its timer
 * again.
 *
 * Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

/* Set `fire`; zero the rest, which is the queue's. */
struct timer {
	void (*fire)(struct timer *timer);
	int64_t due_ms; /* by clock_now_ms() */
	struct timer *prev, *next;
	bool set;
};

struct timer_queue;

/* 0 or negative errno. */
int timer_queue_create(struct timer_queue **ret_queue);

/* Ends the thread; timers that are still set do not fire. NULL: no effect.
   Returns NULL. */
struct timer_queue *timer_queue_destroy(struct timer_queue *timers);

/* `timer` must not be set, and must stay valid until it has fired or was
   cleared. */
void timer_set(struct timer_queue *timers, struct timer *timer, int64_t in_ms);
/* True: cleared, and will not fire. False: it was not set; `fire` may be
   running, or about to run. */
bool timer_clear(struct timer_queue *timers, struct timer *timer);

#endif
