#ifndef CAIFS_DATA_FILL_H
#define CAIFS_DATA_FILL_H

/*
 * Ranges: a run of pages on its way into blocks, asked of the source in one
 * call. Queued until there is a connection, demand before prefetch; then under
 * way until the source says that it has ended, well or badly. From the start
 * its blocks are pinned and its pages in flight, and so nobody else asks for
 * them.
 *
 *   queued -> active   fill_begin()
 *   queued -> ended    its last waiter has left
 *   active -> ended    the source's `done`, also of one that is cancelled
 *
 * Here is what a range is; the calls of the source are transfer.c's. Guarded by
 * the data lock, but for the bytes of pages in flight, which the source's
 * thread copies into pinned blocks that no reader looks at yet.
 */

#include "list.h"
#include "part.h"
#include "throughput_estimate.h"
#include "tree.h"

struct data;

enum fill_state { FILL_QUEUED, FILL_ACTIVE, FILL_ENDED };

struct fill {
	struct tree_node by_start; /* in its extents, until it has ended */
	struct data *data;
	struct data_part *part;	 /* a reference */
	struct extents *extents; /* a user */
	int64_t start, end;	 /* page-aligned, or the file's end */
	int64_t reached;	 /* bytes up to here are in blocks */
	enum fill_state state;
	bool prefetch;	/* nobody waited for it when it was begun */
	bool promoted;	/* but somebody does now */
	bool abandoned; /* by one who waited for it */
	bool cancelled;
	enum version_check version_check; /* of the last answer */
	int references; /* the queue or the source; whoever starts it */
	struct source_call *call;
	struct block **blocks; /* pinned: what it has brought stays as long as
				  it is found in the map */
	size_t block_count;
	struct tree waits;	    /* of reads, by the byte that each needs */
	struct waiter *end_waiters; /* who wait for it to end */
	struct list_node in_queue;  /* while it is queued */
	int64_t added_ms;	    /* when its first reader came */
	int64_t started_ms, first_ms; /* when it was asked for, and answered */
	struct source_wait wait;      /* before the answer under way */
	int64_t answered_ms;	      /* when that began; 0: has not */
};

/* The ranges of all parts. */
struct fills {
	struct source *source;
	struct parts *parts;
	struct data *data;
	struct list demand, prefetch; /* queued, oldest first */
	size_t active, demand_active;
	int64_t max_bytes; /* of one range */
	struct throughput_estimate estimate;
	unsigned long long demand_count, prefetch_count;
};

void fills_init(struct fills *fills, struct source *source, struct parts *parts,
		struct data *data, int64_t max_bytes);

/* The longest range that should be asked for now. */
int64_t fill_longest(const struct fills *fills);

/* The one that will bring the byte at `offset`, or NULL. */
struct fill *fill_covering(const struct extents *extents, int64_t offset);

/* One that is under way and will bring some of [start, end), or NULL. */
struct fill *fill_passing(const struct extents *extents, int64_t start,
			  int64_t end);

/* A run of absent pages to be fetched. */
struct fill_request {
	struct data_part *part;
	struct extents *extents;
	int64_t start, end;
	/* Its blocks between these are pinned by who asks; the others are
	   fetched ahead. All the same for a prefetch. */
	int64_t owned_from, owned_to;
	bool prefetch;
	int64_t now_ms;
};

/* Queues it, or less: it ends where there is no room for what is fetched ahead,
   of which there must be enough for what is before the owned blocks, or for one
   where none are. -ENOMEM. */
int fill_create(struct fills *fills, const struct fill_request *request,
		struct fill **ret_fill);

/* Somebody waits for it now. */
void fill_promote(struct fills *fills, struct fill *fill);

/* A waiter was taken back. When the last of the others has left, with its bytes
   or without, a demand range is cancelled. */
void fill_abandon(struct fills *fills, struct fill *fill);

/* The next to ask the source for, active from now on, with a reference for who
   starts it. NULL: none. */
struct fill *fill_begin(struct fills *fills, bool prefetch, int64_t now_ms);

/* Nothing but its ranges refers to the part any more: nobody can ask for it. */
void fill_cancel_all(struct fills *fills, struct data_part *part);

/* A waiter has its bytes. */
void fill_note_served(struct fills *fills, struct fill *fill);

/* Of an active one: the bytes up to `to` are in its blocks. */
void fill_receive(struct fill *fill, int64_t to);

/* Out of all maps; what it has not brought is absent again. Its waiters stay
   with it. The source's reference is still there. */
void fill_end(struct fills *fills, struct fill *fill);

void fill_unref(struct fills *fills, struct fill *fill);

#endif
