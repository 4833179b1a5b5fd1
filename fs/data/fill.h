#ifndef CAIFS_DATA_FILL_H
#define CAIFS_DATA_FILL_H

/*
 * Ranges: a run of pages fetched into blocks by one call of the source. Queued
 * until a connection is free, demand before prefetch; then active until the
 * source's `done`. From its creation its blocks are pinned and its pages in
 * flight, so that no other range fetches them.
 *
 *   queued -> active   fill_begin()
 *   queued -> ended    its last waiter has left, or its part has gone
 *   active -> ended    the source's `done`, also after a cancellation
 *
 * transfer.c calls the source. Guarded by the data lock, except the bytes of
 * pages in flight: the source's thread copies them without the lock into pinned
 * blocks, and no reader looks at these pages yet.
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
	bool prefetch;	/* queued or begun without a waiter */
	bool promoted;	/* a prefetch that a read has joined */
	bool abandoned; /* a read that waited for it was cancelled */
	bool cancelled;
	enum version_check version_check; /* of the last answer */
	/* The queue's (queued) or the source's (active); start() holds a second
	   one while it drops the lock. */
	int references;
	struct source_call *call;
	struct block **blocks; /* pinned until it has ended */
	size_t block_count;
	struct tree waits;	      /* struct read_wait, by the byte needed */
	struct waiter *end_waiters;   /* wait for its end */
	struct list_node in_queue;    /* FILL_QUEUED */
	int64_t added_ms;	      /* when its first read began */
	int64_t started_ms, first_ms; /* its call; its first byte */
	struct source_wait wait;      /* before the last answer */
	int64_t answered_ms;	      /* its start; 0: none yet */
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

/* The most bytes that a range should have now. */
int64_t fill_longest(const struct fills *fills);

/* The one with the byte at `offset`. NULL: none. */
struct fill *fill_covering(const struct extents *extents, int64_t offset);

/* An active one with some of [start, end). NULL: none. */
struct fill *fill_passing(const struct extents *extents, int64_t start,
			  int64_t end);

/* A run of absent pages to fetch. */
struct fill_request {
	struct data_part *part;
	struct extents *extents;
	int64_t start, end;
	/* The read has pinned the blocks between these; the others count as
	   prefetched. Both 0 for a prefetch. */
	int64_t owned_from, owned_to;
	bool prefetch;
	int64_t now_ms;
};

/* Queues a range, which ends early where no block is available for a prefetch.
   The caller has made sure that there are enough for the blocks before the
   owned ones, or for one block where none is owned. -ENOMEM. */
int fill_create(struct fills *fills, const struct fill_request *request,
		struct fill **ret_fill);

/* A read waits for it: treat it as demand. */
void fill_promote(struct fills *fills, struct fill *fill);

/* A read that waited for it was cancelled or has failed. Cancels a demand
   range, now or when its last waiter leaves; leaves a prefetch running. */
void fill_abandon(struct fills *fills, struct fill *fill);

/* Takes the next from the queue and makes it active, with a reference for the
   caller. NULL: none. */
struct fill *fill_begin(struct fills *fills, bool prefetch, int64_t now_ms);

/* Only its ranges refer to the part: cancels them all. */
void fill_cancel_all(struct fills *fills, struct data_part *part);

/* A waiter has its bytes and has left; see fill_abandon(). */
void fill_note_served(struct fills *fills, struct fill *fill);

/* Bytes of an active one have been copied into its blocks, up to `to`. */
void fill_receive(struct fill *fill, int64_t to);

/* Takes it out of the map and the queue; pages that have not arrived are absent
   again. Keeps its waiters and the references. */
void fill_end(struct fills *fills, struct fill *fill);

void fill_unref(struct fills *fills, struct fill *fill);

#endif
