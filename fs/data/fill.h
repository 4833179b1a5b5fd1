#ifndef CAIFS_DATA_FILL_H
#define CAIFS_DATA_FILL_H

/*
 * A run of missing bytes on its way into blocks: one range asked of the
 * source. Queued until there is a connection and memory for it, demand before
 * prefetch; then under way until it ends, well or badly.
 *
 * Who waits for it is woken as soon as its own bytes are there. Blocks stay
 * pinned until the last waiter has been woken, and so has had its chance to
 * read them.
 *
 * Guarded by the data lock, but for the copying of bytes into pinned blocks
 * that no reader may look at yet, which the source's thread does alone.
 */

#include "file.h"

enum fill_state { FILL_QUEUED, FILL_ACTIVE, FILL_ENDED };

struct fill {
	struct data *data;
	struct data_file *file;
	int64_t start, end; /* page-aligned, or the file's end */
	int64_t reached;    /* bytes up to here are in blocks */
	bool prefetch;	    /* nobody waited for it when it was begun */
	bool promoted;	    /* but somebody does now */
	int64_t added_ms;
	int64_t started_ms, first_ms; /* when it was asked for, and answered */
	struct source_wait wait;      /* before the answer under way */
	int64_t answered_ms;	      /* when that began */
	enum fill_state state;
	int references; /* the queue or source; whoever starts it */
	struct source_call *call;
	bool cancelled;
	struct data_block **blocks; /* once active */
	size_t block_count;
	struct waiter *waiters;		      /* of struct data_waiter */
	struct waiter *enders;		      /* who wait for it to end */
	struct fill *prev, *next;	      /* in the file's list */
	struct fill *queue_prev, *queue_next; /* in a queue, or ready */
};

/* The fills of all parts. */
struct fill_queue {
	struct fill *demand, *prefetch; /* FILL_QUEUED, oldest first */
	struct fill *ready; /* FILL_ACTIVE, the source not yet asked */
	bool starting;	    /* somebody is asking it, one after the other */
	size_t active, demand_active;
	int64_t max_bytes; /* of one fill */
	unsigned long long demand_count, prefetch_count;
};

/* The fill under way or queued that will bring the byte at `offset`. */
struct fill *fill_covering(const struct data_file *file, int64_t offset);

/* One under way that will bring some of [start, end), or NULL. */
struct fill *fill_passing(const struct data_file *file, int64_t start,
			  int64_t end);

/* One for [start, end), which must be neither in memory nor on its way. 0 or
   -ENOMEM. */
int fill_add(struct data *data, struct data_file *file, int64_t start,
	     int64_t end, bool prefetch);

/* The longest range that should be asked for now. */
int64_t fill_longest(const struct data *data);

/* Somebody waits for it now. */
void fill_promote(struct data *data, struct fill *fill);

/* Nobody waits any more; a demand fill is given up. */
void fill_abandon(struct data *data, struct fill *fill);

/* Nobody has the part open: what is queued for it is not begun. */
void fill_drop_queued(struct data *data, struct data_file *file);

/* Begins what may begin, as far as there is room. Releases the lock meanwhile;
   where that is being done already, on another thread or further up on this
   one, it leaves the rest to it. */
void fill_dispatch(struct data *data);

#endif
