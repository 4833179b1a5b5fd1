#ifndef CAIFS_DATA_POOL_H
#define CAIFS_DATA_POOL_H

/*
 * A fixed number of blocks, which is the memory budget. A block is free, or
 * holds pages of one extents. A pinned block is never evicted; the others are
 * in the order of eviction.h.
 *
 * An operation takes steps that grow with the logarithm of the count. Only
 * pool_init() and extents_create() allocate. Guarded by the data lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eviction.h"
#include "extents.h"
#include "list.h"

struct pool {
	struct block *blocks; /* all */
	char *memory;
	size_t count, used_count; /* all; not free */
	size_t fresh; /* blocks from this index on were never used */
	size_t pinned;
	struct list free, consumed, read; /* not pinned, oldest first */
	struct list ahead;  /* extents with prefetched blocks, least recently
			       looked at first */
	size_t ahead_idle;  /* their prefetched blocks, not pinned */
	size_t ahead_count; /* pinned or not */
	size_t max_ahead;
	struct list orphans; /* extents without a part, with blocks to free */
	unsigned long long evictions,
		wasted; /* wasted: prefetched, evicted unread */
	uint64_t *steps;
};

/* A pool of `count` blocks. `steps`: borrowed, a counter. -ENOMEM. */
int pool_init(struct pool *pool, size_t count, uint64_t *steps);
void pool_finish(struct pool *pool);

char *pool_bytes(const struct pool *pool, const struct block *block);

/* How many blocks a read (`ahead`: a prefetch) can take. */
size_t pool_available(const struct pool *pool, bool ahead);

/* Pins the block at that index: the one that is there, or one just taken, with
   all pages absent. `ahead`: marks one just taken as prefetched. NULL: none
   available; pool_available() tells before. */
struct block *pool_take(struct pool *pool, struct extents *extents,
			int64_t index, bool ahead);
void pool_pin(struct pool *pool, struct block *block);
/* Without another pin, frees the block if nothing in it is present. */
void pool_unpin(struct pool *pool, struct block *block);

/* A pinned block is read; `consumed`: by a sequential reader that has passed
   it. */
void pool_note_read(struct pool *pool, struct block *block, bool consumed);

/* Ranks prefetched blocks as read ones: all of these extents, or of all extents
   a few that have expired (eviction.h). False: none had. */
void pool_demote_ahead(struct pool *pool, struct extents *extents);
bool pool_demote_expired(struct pool *pool, int64_t now_ms);

/* Empty, with one reference. NULL: no memory. */
struct extents *extents_create(int64_t size, uint64_t *steps);
/* Orphaned extents are freed when no reference and no block is left. */
void extents_unref(struct extents *extents);

/* The part drops its extents, and with them its reference: no lookup finds them
   from here on. */
void pool_orphan(struct pool *pool, struct extents *extents);

/* Looks at up to `max` blocks of orphans; frees those that are not pinned. */
void pool_free_orphans(struct pool *pool, int max);

#endif
