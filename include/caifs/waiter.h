#ifndef CAIFS_WAITER_H
#define CAIFS_WAITER_H

/*
 * How an operation waits without a thread. It parks: it adds a waiter to the
 * list of what it needs (a directory being listed, a range being fetched) and
 * returns. When that is done or has failed, the waiter is removed from the list
 * and woken once; the operation then runs again from its start.
 *
 * A waiter is in at most one list. `wake` is called with no lock held, on the
 * thread that removed the waiter; it may free the waiter.
 */

#include <stdbool.h>

struct waiter {
	void (*wake)(struct waiter *waiter);
	/* The rest is guarded by the lock of the list. */
	struct waiter **list; /* NULL: in no list */
	struct waiter *prev, *next;
};

/* Call these three with the lock that guards the list. */

/* Appends a waiter that is in no list. */
void waiter_join(struct waiter **list, struct waiter *waiter);

/* Removes a waiter that is in a list. */
void waiter_leave(struct waiter *waiter);

/* Moves all of `*from` to the end of the private list `*into`, in order. For
   waiter_leave() they are in no list from here on. */
void waiter_take_all(struct waiter **from, struct waiter **into);

/* Wakes all of a private list, oldest first. Call with no lock held. */
void waiter_wake_all(struct waiter *list);

#endif
