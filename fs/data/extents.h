#ifndef CAIFS_DATA_EXTENTS_H
#define CAIFS_DATA_EXTENTS_H

/*
 * The bytes of one version of one part: which pages are in memory (present),
 * on their way (in flight), or neither (absent). An ordered map of blocks with
 * two bits a page, and one of the ranges that are on their way, by where they
 * begin. Finding a place takes a number of steps that grows with the logarithm
 * of the count, going on from there one a block.
 *
 * A page in flight has its block in the map, pinned by its range. Nothing here
 * allocates or fails. Guarded by the data lock.
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
	bool unversioned; /* answers without a version were accepted for it */
	bool prefetch_evicted; /* what was fetched ahead for these readers was
			  taken over before they came for it */
	bool orphaned;	   /* no part has it any more: nobody new finds it */
	size_t references; /* its part, ranges and reads */
	/* Fetched ahead and not read yet. One round of readers is told from the
	   next by `readers`, so that all of it can be given up at once. */
	uint32_t readers;
	size_t ahead_count;	     /* with the mark, pinned or not */
	struct list ahead;	     /* not pinned, oldest first */
	struct list_node in_ahead;   /* the pool's */
	struct list_node in_orphans; /* the pool's */
	int64_t orphans_from;	     /* the pool's: it was looked through to */
	size_t pinned;		     /* blocks */
};

struct block {
	struct tree_node by_index;   /* in its extents */
	struct extents *extents;     /* NULL: holds nothing */
	uint16_t present, in_flight; /* a bit a page */
	bool consumed;		     /* read by one who has gone on */
	uint32_t ahead_for; /* fetched ahead for these readers; 0: is not */
	unsigned pins;	    /* reads, views and ranges that own it */
	int64_t since_ms;   /* when it joined the list it is in */
	struct list_node in_list; /* the pool's; not while it is pinned */
};

void extents_init(struct extents *extents, int64_t size, uint64_t *steps);

/* NULL: nothing is there. */
struct block *extents_block(const struct extents *extents, int64_t index);
void extents_add(struct extents *extents, struct block *block, int64_t index);
/* With none of its pages in flight. */
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

/* Where the run of pages of that kind ends that begins at `at`: at a page's
   start, or `end`; `at` when there is none. */
int64_t extents_run(const struct extents *extents, int64_t at, int64_t end,
		    enum extents_kind kind);

/* Where the page ends that the byte before `end` is in. */
static inline int64_t extents_page_end(int64_t end, int64_t size)
{
	int64_t whole = (end + DATA_PAGE - 1) / DATA_PAGE * DATA_PAGE;

	return whole < size ? whole : size;
}

/* Pages of [start, end), whose blocks are in the map. */
void extents_set_in_flight(struct extents *extents, int64_t start, int64_t end,
			   bool in_flight);
/* Those that are in flight. */
void extents_set_present(struct extents *extents, int64_t start, int64_t end);

#endif
