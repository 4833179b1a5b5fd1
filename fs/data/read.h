#ifndef CAIFS_DATA_READ_H
#define CAIFS_DATA_READ_H

/*
 * Reads: what one caller waits for, and what it owns meanwhile.
 *
 *   queued  -> waiting, ready   it is admitted: all of its blocks are pinned
 *   waiting -> ready            every page is present
 *   waiting -> queued           new extents have begun: it begins anew
 *   any of these -> failed      a range that it waits for has, or the part
 *   ready, failed               its thread has it from here on
 *
 * Owned blocks stay until read_finish(), through the wake and the reply. A
 * deadline is the caller's, who takes the read back with read_take_back().
 *
 * Guarded by the data lock.
 */

#include "fill.h"

enum {
	/* Ranges that a read waits for at once; when it has these, it goes on
	   to more. */
	READ_WAITS = 4,
	READ_BLOCKS = DATA_MAX_READ / DATA_BLOCK + 1,
	/* Retries of a read after answers without a version. */
	READ_MAX_UNVERSIONED = 2,
	/* Reads of what is in memory that may go before one that waits for
	   memory. */
	READ_BYPASSES = 64,
};

enum read_state { READ_QUEUED, READ_WAITING, READ_READY, READ_FAILED };

struct data_read {
	struct data_waiter *waiter;
	struct data_part *part;	      /* a reference */
	struct extents *extents;      /* a user; NULL: it owns nothing */
	int64_t offset, end;	      /* what was asked for */
	int64_t first, last;	      /* that in whole pages: [first, last) */
	int64_t reach_from, reach_to; /* what may be fetched with it */
	enum read_state state;
	int error;		 /* READ_FAILED */
	bool parked;		 /* its caller waits to be woken */
	int unversioned_retries; /* after VERSION_MISSING */
	int64_t began_ms;
	struct list_node in_queue, in_part; /* READ_QUEUED */
	struct block *blocks[READ_BLOCKS];
	size_t block_count;
	struct read_wait {
		struct tree_node by_need; /* in the range's waits, by the byte
					     up to which this needs it */
		struct fill *fill;	  /* NULL: this one is free */
		struct data_read *read;
	} waits[READ_WAITS];
};

struct reads {
	struct fills *fills;
	struct list queue;    /* READ_QUEUED, oldest first */
	unsigned bypasses;    /* since the first of them came to be that */
	struct waiter *woken; /* to be woken without the lock */
	size_t count;	      /* under way, or replied to right now */
	unsigned long long parked;
};

void reads_init(struct reads *reads, struct fills *fills);

struct read_request {
	struct data_part *part; /* open, and prepared */
	struct data_waiter *waiter;
	int64_t offset, end;
	/* What may be fetched together with what it lacks, for whoever comes
	   after it: from here to there. */
	int64_t reach_from, reach_to;
	int64_t now_ms;
};

/* READ_READY, or it is under way: read_park() then. -ENOMEM. */
int read_begin(struct reads *reads, const struct read_request *request,
	       struct data_read **ret_read);

/* Its waiter is woken when it is ready or has failed. */
void read_park(struct reads *reads, struct data_read *read);

/* Gives back all that it owns, and frees it. It waits for nothing. */
void read_finish(struct reads *reads, struct data_read *read);

/* Of one that waits: what only it wanted is given up; frees it. */
void read_take_back(struct reads *reads, struct data_read *read);

/* Some of the part's reads that are not admitted yet fail with its error; with
   more of them still to do, true. */
bool read_fail_queued(struct reads *reads, struct data_part *part);

/* Of one that is ready: were the bytes that it has accepted without a version,
   and has one been told since? Then it begins anew. */
bool read_is_outdated(const struct data_read *read);

/* Admits the first in the queue. False: it cannot be, or there is none. */
bool read_admit_next(struct reads *reads, int64_t now_ms);

/* Some of those who have their bytes of this range go on; with more of them
   still to do, true. */
bool read_go_on_received(struct reads *reads, struct fill *fill,
			 int64_t now_ms);

/* Some of those who wait for this range, which has ended with `err`, are told,
   or ask again; with more of them still to do, true. */
bool read_go_on_ended(struct reads *reads, struct fill *fill, int err,
		      int64_t now_ms);

#endif
