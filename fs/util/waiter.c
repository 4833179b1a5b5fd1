/* Waiters: see waiter.h. */

#include "caifs/waiter.h"

#include <stddef.h>

#include <utlist.h>

void waiter_join(struct waiter **list, struct waiter *waiter)
{
	DL_APPEND(*list, waiter);
	waiter->list = list;
}

void waiter_leave(struct waiter *waiter)
{
	DL_DELETE(*waiter->list, waiter);
	waiter->list = NULL;
}

void waiter_take_all(struct waiter **from, struct waiter **into)
{
	struct waiter *waiter;

	DL_FOREACH (*from, waiter)
		waiter->list = NULL;
	DL_CONCAT(*into, *from);
	*from = NULL;
}

void waiter_wake_all(struct waiter *list)
{
	struct waiter *waiter, *next;

	DL_FOREACH_SAFE (list, waiter, next)
		waiter->wake(waiter);
}
