#ifndef CAIFS_DATA_POOL_H
#define CAIFS_DATA_POOL_H

/*
 * The blocks, a fixed number: the budget cannot be exceeded because there are
 * no more. A block holds nothing, or pages of one extents. One that is pinned
 * stays what it is; the others are taken over in the order of eviction.h.
 *
 * Everything takes a number of steps that grows with the logarithm of the
 * count; nothing here allocates, but pool_init(). Guarded by the data lock.
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
	size_t count, used_count; /* all; those that hold something */
	size_t fresh;		  /* from here on, none was ever used */
	size_t pinned;
	struct list free, consumed, read; /* not pinned, longest there first */
	struct list ahead;  /* extents with such, by when one was last looked at
			       for what is forgotten */
	size_t ahead_idle;  /* blocks that these have, not pinned */
	size_t ahead_count; /* pinned ones, too */
	size_t max_ahead;
	struct list orphans; /* extents that no part has, with blocks to free */
	unsigned long long evictions, wasted; /* wasted: never read */
	uint64_t *steps;
};

/* Pool of `count` blocks. -ENOMEM. */
int pool_init(struct pool *pool, size_t count, uint64_t *steps);
void pool_finish(struct pool *pool);

char *pool_bytes(const struct pool *pool, const struct block *block);

/* How many blocks can be had for a read, or for what is fetched ahead. */
size_t pool_available(const struct pool *pool, bool ahead);

/* The block for that place, there already or taken over (no page present);
   pinned. `ahead`: one that was not there is marked as fetched ahead. NULL:
   there is no room, which pool_available() says before. */
struct block *pool_take(struct pool *pool, struct extents *extents,
			int64_t index, bool ahead);
void pool_pin(struct pool *pool, struct block *block);
/* The last pin of a block with nothing present frees it. */
void pool_unpin(struct pool *pool, struct block *block);

/* Somebody reads it, and goes on to what is after it (`consumed`). It is
   pinned. */
void pool_note_read(struct pool *pool, struct block *block, bool consumed);

/* Nobody will come for what was fetched ahead of these, or of any so long ago
   that nobody seems to want it: worth what was read. The second looks at a few
   only; false: there was none. */
void pool_demote_ahead(struct pool *pool, struct extents *extents);
bool pool_demote_expired(struct pool *pool, int64_t now_ms);

/* Empty, with one reference. NULL: no memory. */
struct extents *extents_create(int64_t size, uint64_t *steps);
/* Orphaned extents are freed when no reference and no block is left. */
void extents_unref(struct extents *extents);

/* The part drops its extents, and with them its reference: no lookup finds them
   from here on. */
void pool_orphan(struct pool *pool, struct extents *extents);

/* Frees up to `max` blocks of orphaned extents. */
void pool_free_orphans(struct pool *pool, int max);

#endif
