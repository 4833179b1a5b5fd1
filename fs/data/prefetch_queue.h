#ifndef CAIFS_DATA_PREFETCH_QUEUE_H
#define CAIFS_DATA_PREFETCH_QUEUE_H

/*
 * Wants: runs of parts to fetch ahead, oldest first. A want becomes ranges one
 * by one, while a connection and memory are free and no read waits for either.
 * Until then it is a few numbers, however long the run. Bytes that are present
 * or in flight by then are skipped.
 *
 * A want names a part and the round of its readers. It is dropped when the part
 * or these readers have gone. A want beyond the limits is not queued, which is
 * no error. Guarded by the data lock.
 */

#include "fill.h"
#include "readahead.h"

enum {
	PREFETCH_WANTS = 4096,
	PREFETCH_WANTS_EACH = 128, /* of one part */
	/* Bytes of a want looked at in one call. */
	PREFETCH_LOOK = 64 * DATA_BLOCK,
};

struct prefetch_want {
	struct list_node in_queue;
	uint64_t inode; /* the part may have gone */
	uint32_t round; /* of the part's readers */
	int64_t from, to;
	int64_t distance; /* of `from` from the read that it is for */
	struct readahead_limits limits; /* `piece` 0: longest ranges */
};

struct prefetch_queue {
	struct list wants;
};

void prefetch_queue_init(struct prefetch_queue *queue);
void prefetch_queue_finish(struct prefetch_queue *queue);

/* Queues [from, to). `limits` NULL: in the longest ranges. */
void prefetch_want(struct prefetch_queue *queue, struct data_part *part,
		   int64_t from, int64_t to, int64_t distance,
		   const struct readahead_limits *limits);

enum prefetch_look {
	PREFETCH_FOUND,	  /* bytes to fetch, and blocks for them */
	PREFETCH_NOTHING, /* not here; call again */
	PREFETCH_FULL,	  /* bytes to fetch, too few blocks */
	PREFETCH_EMPTY,	  /* no wants */
};

/* Looks at up to PREFETCH_LOOK bytes of the oldest want. FOUND sets the rest,
   [*ret_start, *ret_end) of *ret_part; call prefetch_done() then. */
enum prefetch_look prefetch_look(struct prefetch_queue *queue,
				 struct fills *fills,
				 struct data_part **ret_part,
				 int64_t *ret_start, int64_t *ret_end);
/* The oldest want has become ranges up to `reached`. */
void prefetch_done(struct prefetch_queue *queue, struct parts *parts,
		   int64_t reached);

#endif
