#ifndef CAIFS_DATA_POOL_H
#define CAIFS_DATA_POOL_H

/*
 * The blocks, all of them, made at the start: the budget cannot be exceeded
 * because there are no more. A block is free, or holds pages of one part.
 *
 * What was fetched ahead and nobody has read yet is worth more than what was
 * read, which the kernel has in its cache now, too: of the blocks that nobody
 * is using, those that were read are taken over first, longest unused first;
 * and before these, and before memory that was never touched, what a reader of
 * the whole has just gone past.
 * What is fetched ahead may hold three quarters of the blocks at the most, and
 * takes none from its own kind: so a reader finds what was fetched for it, and
 * a demand always finds room.
 *
 * Guarded by the data lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/data.h"
#include "caifs/hash.h"

struct data_block {
	struct block_key {
		struct data_file *file; /* NULL: free */
		int64_t index;		/* offset / DATA_BLOCK */
	} key;
	uint16_t valid;	  /* a bit a page */
	bool unread;	  /* fetched ahead, and not read yet */
	bool spent;	  /* read by one who has gone on */
	unsigned pins;	  /* fills and views that use it */
	int64_t since_ms; /* in `unread` */
	char *bytes;
	struct data_block *prev, *next; /* in `unused` or `unread` */
	UT_hash_handle hh;
};

enum { POOL_PAGES = DATA_BLOCK / DATA_PAGE, POOL_ALL_VALID = 0xffff };

struct pool {
	struct data_block *blocks; /* all */
	size_t count;
	char *memory;
	/* Not pinned: free ones and those that were read; and the others. The
	   longest unused are first. */
	struct data_block *unused, *unread;
	size_t unused_count, unread_count;
	size_t ahead_count; /* with the mark `unread`, pinned or not */
	struct data_block *by_key;
	size_t used_count;
	/* Parts that have lost their last block since somebody looked: they
	   may be of no use any more (linked by emptied_next). */
	struct data_file *emptied;
	unsigned long long evictions, wasted; /* wasted: unread ones */
};

int pool_init(struct pool *pool, size_t bytes);
void pool_finish(struct pool *pool);

/* NULL: not in memory. */
struct data_block *pool_find(struct pool *pool, struct data_file *file,
			     int64_t index);

void pool_pin(struct pool *pool, struct data_block *block);
void pool_unpin(struct pool *pool, struct data_block *block);

/* How many blocks may hold what was fetched ahead. */
size_t pool_most_ahead(const struct pool *pool);

/* How many blocks there may be now for what somebody waits for, or for what is
   fetched ahead. */
size_t pool_room(const struct pool *pool, bool ahead);

/* The block for that place, in memory already or taken over (no page valid);
   pinned. NULL: there is no room. */
struct data_block *pool_take(struct pool *pool, struct data_file *file,
			     int64_t index, bool ahead);

/* Somebody reads it, and goes on to what is after it (`spent`). */
void pool_note_read(struct pool *pool, struct data_block *block, bool spent);

/* What was fetched ahead for this part, or for any and so long ago that nobody
   seems to want it, is worth no more than the rest. */
void pool_give_up_unread(struct pool *pool, const struct data_file *file);
void pool_age(struct pool *pool, int64_t now_ms);

/* Gives back a block that holds nothing of use; it must not be pinned. */
void pool_drop(struct pool *pool, struct data_block *block);

#endif
