/* Timers of the network thread, in a sorted list: each request has at most
   two. */

#include "http_internal.h"

#include "caifs/clock.h"

#include <utlist.h>

static int by_due(const struct http_timer *a, const struct http_timer *b)
{
	return (a->due_ms > b->due_ms) - (a->due_ms < b->due_ms);
}

void timer_list_arm(struct timer_list *list, struct http_timer *timer,
		    int64_t delay_ms)
{
	timer_list_disarm(list, timer);
	timer->due_ms = clock_now_ms() + delay_ms;
	timer->armed = true;
	DL_INSERT_INORDER(list->first, timer, by_due);
}

void timer_list_disarm(struct timer_list *list, struct http_timer *timer)
{
	if (!timer->armed)
		return;
	DL_DELETE(list->first, timer);
	timer->armed = false;
}

void timer_list_run(struct timer_list *list, int64_t now_ms)
{
	struct http_timer *timer;

	while ((timer = list->first) && timer->due_ms <= now_ms) {
		DL_DELETE(list->first, timer);
		timer->armed = false;
		timer->run(timer);
	}
}

int64_t timer_list_wait(const struct timer_list *list, int64_t now_ms,
			int64_t max_ms)
{
	int64_t wait;

	if (!list->first)
		return max_ms;
	wait = list->first->due_ms - now_ms;
	if (wait < 0)
		return 0;
	return wait < max_ms ? wait : max_ms;
}
