#ifndef CAIFS_DATA_EVICTION_H
#define CAIFS_DATA_EVICTION_H

/*
 * Which blocks go first, and how many may be had. Of those that nobody pins:
 *
 *   1. where readers of the whole have left more than an eighth of all blocks
 *      behind them, the last of these: the kernel has it, and memory that was
 *      just used costs less than memory that never was
 *   2. what holds nothing, which what no read can find any more is made first
 *   3. what a reader of the whole has gone past
 *   4. what was read, or was fetched ahead for readers who have left
 *   5. what was fetched ahead and nobody has come for yet; not for more of its
 *      own kind
 *
 * and of each but the first the one that has been there longest.
 *
 * What is fetched ahead may hold a part of the blocks that is found out: less
 * by half whenever some of it had to go before its reader came, for then it is
 * fetched twice; more by one for each block that a reader came for; three
 * quarters at the most, and enough for a range at the least.
 *
 * Pure: numbers in, numbers out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eviction_class {
	EVICT_FREE, /* and the other classes, by blocks */
	EVICT_CONSUMED,
	EVICT_READ,
	EVICT_PREFETCHED,
	EVICT_NONE,	/* there is none to be had */
	EVICT_RECYCLED, /* the last of the consumed */
};

/* Blocks that nobody pins, by class, and others. */
struct eviction_view {
	size_t count[EVICT_NONE];
	size_t all;   /* pinned ones, too */
	size_t ahead; /* fetched ahead and not read yet, pinned ones too */
	size_t max_ahead;
};

/* How many blocks may hold what is fetched ahead: at first, after one of the
   `ahead` that did had to go, and after one was come for. */
size_t eviction_first_ahead(size_t all);
size_t eviction_ahead_after_loss(size_t max_ahead, size_t ahead, size_t all);
size_t eviction_ahead_after_use(size_t max_ahead, size_t all);

/* How many can be had for a read, or for what is fetched ahead. */
size_t eviction_available(const struct eviction_view *view, bool ahead);

/* The class to take the next one from. */
enum eviction_class eviction_next(const struct eviction_view *view, bool ahead);

/* Fetched ahead so long ago that nobody seems to want it. */
bool eviction_is_expired(int64_t since_ms, int64_t now_ms);

#endif
