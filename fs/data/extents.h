#ifndef CAIFS_DATA_EXTENTS_H
#define CAIFS_DATA_EXTENTS_H

/*
 * The bytes of one version of one part: which pages are in memory (present),
 * on their way (in flight), or neither (absent). An ordered map of blocks with
 * two bits a page, and one of the ranges in flight, by their start. A lookup
 * takes steps that grow with the logarithm of the count; the next block is one
 * step more.
 *
 * The block of a page in flight is in the map, pinned by its range. Nothing
 * here allocates or fails. Guarded by the data lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/data.h"
#include "list.h"
#include "tree.h"

enum { BLOCK_PAGES = DATA_BLOCK / DATA_PAGE, BLOCK_ALL_PAGES = 0xffff };

struct extents {
	struct tree blocks; /* by index */
	struct tree fills;  /* queued or under way, by `start` */
	int64_t size;	    /* the part's */
	size_t block_count;
	int64_t present_bytes;
	bool unversioned;      /* has bytes of answers without a version */
	bool prefetch_evicted; /* a block prefetched for these readers was
			     evicted unread */
	bool orphaned;	       /* no part has it: no lookup finds it */
	size_t references;     /* its part, ranges and reads */
	/* Prefetched and not read yet. A block is marked with the number of the
	   readers it is for, so that all can be unmarked at once. */
	uint32_t readers;
	size_t ahead_count;	     /* marked, pinned or not */
	struct list ahead;	     /* marked, not pinned, oldest first */
	struct list_node in_ahead;   /* the pool's */
	struct list_node in_orphans; /* the pool's */
	int64_t orphans_from;	     /* the pool's: next index to free */
	size_t pinned;		     /* blocks */
};

struct block {
	struct tree_node by_index;   /* in its extents */
	struct extents *extents;     /* NULL: holds nothing */
	uint16_t present, in_flight; /* a bit a page */
	bool consumed;		     /* a sequential reader has passed it */
	uint32_t ahead_for;	     /* prefetched for these readers; 0: not */
	unsigned pins;		     /* reads, views and ranges that own it */
	int64_t since_ms;	     /* when it joined the list it is in */
	struct list_node in_list;    /* the pool's; not while pinned */
};

void extents_init(struct extents *extents, int64_t size, uint64_t *steps);

/* The block with that index. NULL: none. */
struct block *extents_block(const struct extents *extents, int64_t index);
void extents_add(struct extents *extents, struct block *block, int64_t index);
/* None of its pages is in flight. */
void extents_remove(struct block *block);

static inline int64_t block_index(const struct block *block)
{
	return block->by_index.key;
}

enum extents_kind {
	EXTENTS_PRESENT,
	EXTENTS_ABSENT,
	EXTENTS_COVERED, /* present or in flight */
};

/* The end of the run of pages of that kind that starts at `at`: the start of a
   page, or `end`. `at`: the page there is of another kind. */
int64_t extents_run(const struct extents *extents, int64_t at, int64_t end,
		    enum extents_kind kind);

/* `end` rounded up to a whole page, at most `size`. */
static inline int64_t extents_page_end(int64_t end, int64_t size)
{
	int64_t whole = (end + DATA_PAGE - 1) / DATA_PAGE * DATA_PAGE;

	return whole < size ? whole : size;
}

/* Sets the pages of [start, end); their blocks are in the map. */
void extents_set_in_flight(struct extents *extents, int64_t start, int64_t end,
			   bool in_flight);
/* Those of [start, end) that are in flight. */
void extents_set_present(struct extents *extents, int64_t start, int64_t end);

#endif
