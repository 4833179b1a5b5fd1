/* The order of eviction: see eviction.h. */

#include "eviction.h"

enum {
	EXPIRED_MS = 10 * 1000,
	LEAST_AHEAD = 8,    /* blocks of a range */
	CONSUMED_SHARE = 8, /* more than 1/8 of all is too many */
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t most_ahead(size_t all)
{
	return all - all / 4;
}

size_t eviction_first_ahead(size_t all)
{
	return most_ahead(all);
}

size_t eviction_ahead_after_loss(size_t max_ahead, size_t ahead, size_t all)
{
	return smaller(most_ahead(all),
		       larger(smaller(max_ahead, ahead) / 2, LEAST_AHEAD));
}

size_t eviction_ahead_after_use(size_t max_ahead, size_t all)
{
	return smaller(most_ahead(all), max_ahead + 1);
}

size_t eviction_available(const struct eviction_view *view, bool ahead)
{
	size_t available = 0, left;

	for (int which = EVICT_FREE; which < EVICT_PREFETCHED; which++)
		available += view->count[which];
	if (!ahead)
		return available + view->count[EVICT_PREFETCHED];
	left = view->ahead < view->max_ahead ? view->max_ahead - view->ahead
					     : 0;
	return left < available ? left : available;
}

enum eviction_class eviction_next(const struct eviction_view *view, bool ahead)
{
	int which = EVICT_FREE;

	if (eviction_available(view, ahead) == 0)
		return EVICT_NONE;
	if (view->count[EVICT_CONSUMED] > view->all / CONSUMED_SHARE)
		return EVICT_RECYCLED;
	while (view->count[which] == 0)
		which++;
	return (enum eviction_class)which;
}

bool eviction_is_expired(int64_t since_ms, int64_t now_ms)
{
	return now_ms - since_ms > EXPIRED_MS;
}
