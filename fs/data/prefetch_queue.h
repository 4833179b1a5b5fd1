#ifndef CAIFS_DATA_PREFETCH_QUEUE_H
#define CAIFS_DATA_PREFETCH_QUEUE_H

/*
 * What is to be fetched ahead, oldest first: runs of parts, each turned into
 * ranges one by one, when there is a connection, memory, and nobody who waits
 * for either. Until then a want is a few numbers, however long the run is; what
 * has come meanwhile, or is on its way, is passed over.
 *
 * A want names a part and those who read it at the time. When these have left,
 * or the part has gone, it is passed over, too. What cannot be queued is not
 * fetched ahead, which is no error. Guarded by the data lock.
 */

#include "fill.h"
#include "readahead.h"

enum {
	PREFETCH_WANTS = 4096,
	PREFETCH_WANTS_EACH = 128, /* of one part */
	/* What is looked through of a want each time. */
	PREFETCH_LOOK = 64 * DATA_BLOCK,
};

struct prefetch_want {
	struct list_node in_queue;
	uint64_t inode; /* of a part that need not be there any more */
	uint32_t round; /* of its readers */
	int64_t from, to;
	int64_t distance; /* of `from` from the read that it is for */
	struct readahead_limits limits; /* `piece` 0: as long as may be */
};

struct prefetch_queue {
	struct list wants;
};

void prefetch_queue_init(struct prefetch_queue *queue);
void prefetch_queue_finish(struct prefetch_queue *queue);

/* Queues [from, to). `limits` NULL: in ranges as long as may be. */
void prefetch_want(struct prefetch_queue *queue, struct data_part *part,
		   int64_t from, int64_t to, int64_t distance,
		   const struct readahead_limits *limits);

enum prefetch_look {
	PREFETCH_FOUND,	  /* something to be fetched, for which there is room */
	PREFETCH_NOTHING, /* there, but elsewhere there may be */
	PREFETCH_FULL,	  /* there is no room for it */
	PREFETCH_EMPTY,	  /* nothing is wanted */
};

/* Looks a little way through the oldest want. FOUND: at [*ret_start, *ret_end)
   of that part; prefetch_done() then. */
enum prefetch_look prefetch_look(struct prefetch_queue *queue,
				 struct fills *fills,
				 struct data_part **ret_part,
				 int64_t *ret_start, int64_t *ret_end);
/* The oldest want has become ranges as far as that. */
void prefetch_done(struct prefetch_queue *queue, struct parts *parts,
		   int64_t reached);

#endif
