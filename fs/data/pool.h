#ifndef CAIFS_DATA_POOL_H
#define CAIFS_DATA_POOL_H

/*
 * The blocks, all of them, made at the start: the budget cannot be exceeded
 * because there are no more. A block is free, or holds pages of one part; the
 * ones that nobody is using are reclaimed, longest unused first.
 *
 * Guarded by the data lock.
 */

#include <stddef.h>
#include <stdint.h>

#include "caifs/data.h"
#include "caifs/hash.h"

struct data_block {
	struct block_key {
		struct data_file *file; /* NULL: free */
		int64_t index;		/* offset / DATA_BLOCK */
	} key;
	uint16_t valid; /* a bit a page */
	unsigned pins;	/* fills and views that use it */
	char *bytes;
	struct data_block *prev, *next; /* in `unused`, oldest first */
	UT_hash_handle hh;
};

struct pool {
	struct data_block *blocks; /* all */
	size_t count;
	char *memory;
	struct data_block *unused; /* pins == 0, free ones first */
	struct data_block *by_key;
	size_t unused_count, used_count;
	/* Parts that have lost their last block since somebody looked: they
	   may be of no use any more (linked by emptied_next). */
	struct data_file *emptied;
	unsigned long long evictions;
};

int pool_init(struct pool *pool, size_t bytes);
void pool_finish(struct pool *pool);

/* NULL: not in memory. */
struct data_block *pool_find(struct pool *pool, struct data_file *file,
			     int64_t index);

void pool_pin(struct pool *pool, struct data_block *block);
void pool_unpin(struct pool *pool, struct data_block *block);

/* The block for that place, in memory already or taken over from the longest
   unused (no page valid); pinned. NULL: all are in use. */
struct data_block *pool_take(struct pool *pool, struct data_file *file,
			     int64_t index);

/* Gives back a block that holds nothing of use; it must not be pinned. */
void pool_drop(struct pool *pool, struct data_block *block);

#endif
