#ifndef CAIFS_DATA_EVICTION_H
#define CAIFS_DATA_EVICTION_H

/*
 * The order of eviction, and how many blocks are available. Of the blocks that
 * are not pinned:
 *
 *   1. the newest consumed one, while more than an eighth of all blocks are
 *      consumed: the kernel has its bytes, and memory just
 *      used is cheaper than memory never touched
 *   2. free ones; blocks of orphaned extents are freed first
 *   3. consumed ones: a sequential reader of the whole file has passed them
 *   4. read ones, and ones prefetched for readers that have closed the file
 *   5. prefetched ones that are not read yet; never for another prefetch
 *
 * and within 2 to 5 the oldest.
 *
 * Prefetched blocks may be at most `max_ahead`. That is halved whenever one of
 * them is evicted unread, because it is then fetched twice, and raised by one
 * for each that is read. It is at most three quarters of all blocks, and at
 * least enough for a range.
 *
 * Pure: no I/O, no clock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eviction_class {
	EVICT_FREE, /* holds nothing */
	EVICT_CONSUMED,
	EVICT_READ,
	EVICT_PREFETCHED,
	EVICT_NONE,	/* none available */
	EVICT_RECYCLED, /* the newest consumed one */
};

/* How the blocks are used. */
struct eviction_view {
	size_t count[EVICT_NONE]; /* not pinned, by class */
	size_t all;		  /* pinned or not */
	size_t ahead;		  /* prefetched and not read, pinned or not */
	size_t max_ahead;
};

/* `max_ahead`: at first, after one of `ahead` prefetched blocks was evicted
   unread, and after one was read. */
size_t eviction_first_ahead(size_t all);
size_t eviction_ahead_after_loss(size_t max_ahead, size_t ahead, size_t all);
size_t eviction_ahead_after_use(size_t max_ahead, size_t all);

/* How many a read (`ahead`: a prefetch) can take. */
size_t eviction_available(const struct eviction_view *view, bool ahead);

/* The class to take the next block from. */
enum eviction_class eviction_next(const struct eviction_view *view, bool ahead);

/* Prefetched so long ago that a reader is not expected any more. */
bool eviction_is_expired(int64_t since_ms, int64_t now_ms);

#endif
