#ifndef CAIFS_DATA_READ_H
#define CAIFS_DATA_READ_H

/*
 * Reads: what one caller waits for, and the blocks that it owns meanwhile.
 *
 *   queued  -> waiting, ready   admitted: all of its blocks are pinned
 *   waiting -> ready            every page is present
 *   waiting -> queued           new extents have begun: it restarts
 *   any of these -> failed      a range that it waits for has, or the part
 *   ready, failed               only its caller may touch it
 *
 * Blocks stay pinned until read_finish(), through the wake and the reply. The
 * caller has the deadline and ends the read with read_cancel().
 *
 * Guarded by the data lock.
 */

#include "fill.h"

enum {
	/* Ranges that a read waits for at once; more follow these. */
	READ_WAITS = 4,
	READ_BLOCKS = DATA_MAX_READ / DATA_BLOCK + 1,
	/* Retries of a read after answers without a version. */
	READ_MAX_UNVERSIONED = 2,
	/* Reads of what is in memory that may overtake the head of the queue
	   before it is admitted. */
	READ_MAX_OVERTAKES = 64,
};

enum read_state { READ_QUEUED, READ_WAITING, READ_READY, READ_FAILED };

struct data_read {
	struct data_waiter *waiter;
	struct data_part *part;		/* a reference */
	struct extents *extents;	/* a reference; NULL: no blocks */
	int64_t offset, end;		/* the bytes to read */
	int64_t first, last;		/* that in whole pages: [first, last) */
	int64_t extend_from, extend_to; /* see struct read_request */
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
	unsigned overtakes;   /* of the head of the queue */
	struct waiter *woken; /* to be woken without the lock */
	size_t count;	      /* under way, or being replied to */
	unsigned long long parked;
};

void reads_init(struct reads *reads, struct fills *fills);

struct read_request {
	struct data_part *part; /* open, and prepared */
	struct data_waiter *waiter;
	int64_t offset, end;
	/* A range for what it lacks may extend over these bytes. */
	int64_t extend_from, extend_to;
	int64_t now_ms;
};

/* Ready, failed, or under way: read_park() then. -ENOMEM. */
int read_begin(struct reads *reads, const struct read_request *request,
	       struct data_read **ret_read);

/* Wakes its waiter when it is ready or has failed. */
void read_park(struct reads *reads, struct data_read *read);

/* Unpins its blocks and frees it. It has no waits. */
void read_finish(struct reads *reads, struct data_read *read);

/* Of a queued or waiting one: frees it, and cancels demand ranges that no other
   read waits for. */
void read_cancel(struct reads *reads, struct data_read *read);

/* Fails some of the part's queued reads with the part's error. True: call
   again, there are more. */
bool reads_fail_queued(struct reads *reads, struct data_part *part);

/* Of a ready one: its bytes came without a version and the part has one now.
   They may be of another version: begin a new read. */
bool read_is_outdated(const struct data_read *read);

/* Admits the head of the queue, or fails it where its part has an error. False:
   its blocks cannot be had yet, or the queue is empty. */
bool reads_admit_next(struct reads *reads, int64_t now_ms);

/* Some of the reads whose bytes of this range have arrived get ready or wait
   for more. True: call again, there are more. */
bool reads_on_received(struct reads *reads, struct fill *fill, int64_t now_ms);

/* The range has ended with `err`: some of its reads fail, or wait for another
   range. True: call again, there are more. */
bool reads_on_ended(struct reads *reads, struct fill *fill, int err,
		    int64_t now_ms);

#endif
