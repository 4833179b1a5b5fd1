#ifndef CAIFS_WAITER_H
#define CAIFS_WAITER_H

/*
 * How an operation waits without a thread: it leaves a waiter with the thing
 * it needs (a directory being listed, a range being fetched) and returns. When
 * that thing settles, well or badly, the waiter is taken off and woken once;
 * the operation then simply runs again from its start.
 *
 * A waiter waits for at most one thing at a time. `wake` is called with no
 * lock held, on the thread that settled the thing; it may free the waiter.
 */

#include <stdbool.h>

struct waiter {
	void (*wake)(struct waiter *waiter);
	/* The rest belongs to the list it waits in; guarded by its lock. */
	struct waiter **list; /* NULL: waits for nothing */
	struct waiter *prev, *next;
};

/* Under the lock that guards `list`: */
void waiter_join(struct waiter **list, struct waiter *waiter);
void waiter_leave(struct waiter *waiter);

/* Takes all of `from` into the private list at `*into`, in order. */
void waiter_take_all(struct waiter **from, struct waiter **into);

/* With no lock held: wakes a private list, oldest first. */
void waiter_wake_all(struct waiter *list);

#endif
