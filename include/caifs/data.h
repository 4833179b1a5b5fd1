#ifndef CAIFS_DATA_H
#define CAIFS_DATA_H

/*
 * The bytes of parts: for each part in use a map of the bytes in memory and in
 * flight, all within one budget, filled by ranges from the source. docs/data.md
 * has the model, with its states and transitions.
 *
 * No function waits. A read that lacks bytes parks its waiter and is woken when
 * they have arrived, which may be before their range is complete. Bytes that
 * several reads need are fetched once. A read returns all bytes asked for, up
 * to the end of the file and of one version, or an error.
 *
 * Any thread. Takes one lock, never held across a callback, for a number of
 * steps that grows neither with the memory nor with a file's size.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "caifs/source.h"
#include "caifs/waiter.h"

struct data;
struct data_part;

enum {
	DATA_PARKED = 1,
	DATA_BLOCK = 64 * 1024, /* unit of memory */
	DATA_PAGE = 4096,	/* unit of presence */
	DATA_MIN_MEMORY = 8 * 1024 * 1024,
	DATA_MAX_READ = 1024 * 1024, /* the largest data_read() */
	DATA_TAIL = 16 * 1024,	     /* fetched when its end is read */
	DATA_SIBLINGS = 8,
	DATA_KERNEL_WINDOW = 128 * 1024, /* of its read-ahead */
};

struct data_config {
	struct source *source; /* borrowed */
	size_t memory_bytes;   /* of all blocks; at least DATA_MIN_MEMORY */
	bool no_parquet;       /* ignore the footers of parts */
};

/* -EINVAL: too little memory. -ENOMEM. */
int data_create(const struct data_config *config, struct data **ret_data);
/* Call after the source's threads have ended, every part is put and every
   handle closed. NULL: no effect. Returns NULL. */
struct data *data_destroy(struct data *data);

/* Sets the callback for parts that have changed, whose pages the kernel must
   drop. Called once a part, on a thread of the source, without a lock; must not
   wait. NULL: none from here on; waits until no call is under way. */
void data_watch(struct data *data,
		void (*changed)(void *watcher, uint64_t inode), void *watcher);

/* --- Parts --- */

/* What a part is, except its version, which the first answer of the source
   names. An inode number stands for one version of one part: the caller gives
   the next version another number. */
struct data_identity {
	uint64_t inode;
	const char *file_id, *path;
	int64_t size;
};

/* Finds or creates the part with this number. The caller owns a reference and
   keeps one for as long as the kernel may have pages of the inode. Copies the
   strings. -ENOMEM; -EIO: the number belongs to another identity. */
int data_part_get(struct data *data, const struct data_identity *identity,
		  struct data_part **ret_part);
/* Releases a reference. Starts no fills: allowed under the namespace's lock. */
void data_part_put(struct data *data, struct data_part *part);

/* Opens a handle, with a reference of its own. -ESTALE: the part has changed
   and cannot be read any more. On success the kernel's cached pages of the
   inode are of this part's version, or, where the platform names no versions,
   no older than the inode: keep_cache may be set. */
int data_open(struct data *data, struct data_part *part);
void data_close(struct data *data, struct data_part *part);

/* Names the parts that follow this open one in its directory, at most
   DATA_SIBLINGS, as candidates for prefetch. `listed`: the process that opened
   it has listed the directory, and is expected to read them. An inode number
   without a part is skipped. */
void data_hint(struct data *data, struct data_part *part,
	       const uint64_t *siblings, size_t count, bool listed);

/* --- Reading --- */

/* Times of the range that a read waited for longest, which may have started
   before the read did. */
struct data_delay {
	int64_t waited_ms;	   /* of the read; 0: not at all */
	int64_t start, end;	   /* the range */
	int64_t memory_wait_ms;	   /* for memory and a free connection */
	struct source_wait source; /* zero: the platform was not asked */
	int64_t body_ms;	   /* then until the read's bytes had arrived */
};

/* A read that may have to wait. The caller sets `waiter.wake`, `caller` and
   `direct`, and zeroes the rest before the first data_read(). It must exist
   until data_read() returns other than DATA_PARKED, or data_unpark() true. */
struct data_waiter {
	struct waiter waiter;	 /* `wake`: the caller's */
	struct data_delay delay; /* set when the read ends */
	uint64_t caller; /* the reading thread: after a timeout its next read
			    of these bytes fails at once; 0: unknown */
	bool direct;	 /* O_DIRECT: bypasses the kernel's cache */
	struct data_read *read;		      /* internal */
	struct data_disk_cached *disk_cached; /* internal */
};

/* Bytes in memory, pinned until data_view_finish(). */
struct data_view {
	struct iovec parts[DATA_MAX_READ / DATA_BLOCK + 1];
	int count;
	struct data_read *read; /* owns the blocks */
};

/* 0 and a view, DATA_PARKED, or an error. When the waiter is woken, or
   data_unpark() returned false, call it again with the same arguments: the read
   may own blocks. `size` is at most DATA_MAX_READ and cut at the end of the
   file (past it: 0 bytes). -ESTALE: the part has changed, or the source said
   so, in which case the part stays readable. -EIO: also when answers without a
   version came for a part that has one; none of their bytes are used. -ENOMEM,
   or the source's error. */
int data_read(struct data *data, struct data_part *part, int64_t offset,
	      size_t size, struct data_waiter *waiter, struct data_view *view);
void data_view_finish(struct data *data, struct data_view *view);

/* Ends a parked read and cancels demand fetches that only it needs; the caller
   replies with the error `why`. False: not parked any more; it was woken or is
   about to be. Starts no fills: allowed under the caller's lock. Call
   data_resume() afterwards, without that lock, to start them. */
bool data_unpark(struct data *data, struct data_waiter *waiter, int why);
void data_resume(struct data *data);

/* --- On disk --- */

/* The most bytes kept on disk, of all parts; 0: there is no disk cache. */
int64_t data_max_disk_cached(const struct data *data);

/* How many of `size` bytes from `offset` on are on disk, counted after pending
   writes. If fewer than `size`, drops the part's blocks from memory, so that
   the next read goes through the cache and is written there. 0, DATA_PARKED, or
   an error. Call only where there is a disk cache. */
int data_ask_disk_cached(struct data *data, struct data_part *part,
			 int64_t offset, int64_t size,
			 struct data_waiter *waiter, int64_t *ret_bytes);
/* data_unpark() for data_ask_disk_cached(). */
bool data_unpark_disk_cached(struct data *data, struct data_waiter *waiter);

/* --- Statistics --- */

/* Bytes in memory of the part with this inode number; 0: no such part. */
int64_t data_cached_bytes(struct data *data, uint64_t inode);

/* Counters since the start, and current use. */
struct data_counts {
	unsigned long long reads, parked, fills, prefetches, evictions;
	unsigned long long wasted; /* prefetched blocks evicted unread */
	size_t blocks, blocks_used, fills_active, files;
	uint64_t lock_steps; /* the most in one hold of the lock */
};
struct data_counts data_count(struct data *data);

#endif
