#ifndef CAIFS_DATA_H
#define CAIFS_DATA_H

/*
 * The bytes of parts: for each part that is in use a map of what is in memory
 * and what is on its way, all under one budget, filled by ranges from the
 * source. docs/data.md has the model, with its states and transitions.
 *
 * No function waits. A read that lacks bytes leaves its waiter and is woken
 * when they are there, not when the range is that they come in. The same bytes
 * wanted twice are fetched once. What is handed out is whole, every byte that
 * was asked for up to the file's end, and of one version; or an error.
 *
 * Any thread. One lock, taken within; never held across a callback, and for a
 * number of steps that neither the memory nor the file's size raises.
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
	DATA_BLOCK = 64 * 1024, /* memory comes in these */
	DATA_PAGE = 4096,	/* bytes are known by these */
	DATA_MIN_MEMORY = 8 * 1024 * 1024,
	DATA_MAX_READ = 1024 * 1024, /* the largest data_read() */
	DATA_TAIL = 16 * 1024,	     /* fetched when a part's end is read */
	DATA_SIBLINGS = 8,
	DATA_KERNEL_WINDOW = 128 * 1024, /* how far the kernel reads ahead */
};

struct data_config {
	struct source *source; /* borrowed */
	size_t memory_bytes;   /* of all blocks; at least DATA_MIN_MEMORY */
	bool no_parquet;       /* nothing is guessed from a part's footer */
};

int data_create(const struct data_config *config, struct data **ret_data);
/* After the source's threads have ended, every part put and every handle
   closed. NULL is fine; returns NULL. */
struct data *data_destroy(struct data *data);

/* Whom to tell that another version of the part with this inode number has
   turned up, so that what the kernel has of it must go: once a part, on a
   thread of the source's, no lock held; must not wait. NULL: nobody, and no
   call is under way when this returns. */
void data_watch(struct data *data,
		void (*changed)(void *watcher, uint64_t inode), void *watcher);

/* --- Parts --- */

/* What a part is, but for its version, which the source tells when its bytes
   come. One inode number is one part in one version: who finds a part stale
   gives the next version another number. */
struct data_identity {
	uint64_t inode;
	const char *file_id, *path;
	int64_t size;
};

/* The part with this number, made if there is none, with one more reference
   for the caller to put. Strings are copied. Whoever tells the kernel of the
   inode keeps a reference for as long as the kernel may have pages of it.
   -ENOMEM; -EIO: another thing has that number. */
int data_part_get(struct data *data, const struct data_identity *identity,
		  struct data_part **ret_part);
/* Starts nothing, and may be called under the namespace's lock. */
void data_part_put(struct data *data, struct data_part *part);

/* A handle, which has a reference of its own. -ESTALE: another version has
   turned up; this part will not be read any more. What the kernel has of one
   that could be opened is of its version (or, where the platform tells none, of
   a time since the kernel knows the inode), so the kernel may keep it. */
int data_open(struct data *data, struct data_part *part);
void data_close(struct data *data, struct data_part *part);

/* The inodes of what stands after it in its directory, at most DATA_SIBLINGS:
   whoever reads the one may read the others, and will when he has listed them
   all before (`walked`). Only names them: a number of which there is no part
   is passed over. The part is open. */
void data_hint(struct data *data, struct data_part *part,
	       const uint64_t *siblings, size_t count, bool walked);

/* --- Reading --- */

/* How the time went of the range that a read waited for longest. It may have
   been on its way before the read was. */
struct data_delay {
	int64_t waited_ms;	/* of the read; 0: it was in memory */
	int64_t start, end;	/* the range */
	int64_t memory_wait_ms; /* until there was memory for it, and its turn
				 */
	struct source_wait source; /* zero: it was no platform that answered */
	int64_t body_ms; /* from then on, until the read's bytes were there */
};

/* A read that may have to wait; data's own but for `waiter.wake`, `caller`,
   `direct` and `delay`. All else zeroed before its first data_read(), and not
   freed before that has returned other than DATA_PARKED or the waiter was taken
   back. */
struct data_waiter {
	struct waiter waiter;	 /* `wake` set by its owner */
	struct data_delay delay; /* once it has been read */
	uint64_t caller; /* the reading thread: after a timeout its next read
			    of these bytes fails at once; 0: unknown */
	bool direct;	 /* the kernel keeps nothing of what it reads */
	struct data_read *read;		      /* while it is one */
	struct data_disk_cached *disk_cached; /* what was asked of the disk */
};

/* Bytes in memory, kept there until data_view_finish(). */
struct data_view {
	struct iovec parts[DATA_MAX_READ / DATA_BLOCK + 1];
	int count;
	struct data_read *read; /* which owns the blocks */
};

/* Called again, when woken, with the same arguments: it is then no longer
   parked, as a rule, and where data_unpark() was false it must be, for it may
   own bytes. `size` at most DATA_MAX_READ; cut at the end of the file (0 bytes
   past it). 0, DATA_PARKED, -ESTALE when another version has turned up, or why
   the bytes could not be had. -ENOMEM; -EIO also where answers without a
   version came for a part that has one: these prove nothing, and none of their
   bytes are taken. A source's own -ESTALE is told, and does not make the part
   stale. */
int data_read(struct data *data, struct data_part *part, int64_t offset,
	      size_t size, struct data_waiter *waiter, struct data_view *view);
void data_view_finish(struct data *data, struct data_view *view);

/* Takes the waiter back, `why` being what its caller will be told; what only it
   wanted is no longer fetched. False: it waits for nothing any more; it has
   been woken or is about to be. Starts nothing, so that it may be called under
   the caller's lock: data_resume() does, afterwards, without it. */
bool data_unpark(struct data *data, struct data_waiter *waiter, int why);
void data_resume(struct data *data);

/* --- On disk --- */

/* How many bytes may be kept on disk, of all parts; 0: nothing is. */
int64_t data_max_disk_cached(const struct data *data);

/* How many of `size` bytes from `offset` on are kept on disk, when what
   was on its way to there has come. If fewer than `size` are, what memory has
   of the part is given up, so that it is fetched again, and kept. 0,
   DATA_PARKED, or why it is not known. Not where nothing is kept. */
int data_ask_disk_cached(struct data *data, struct data_part *part,
			 int64_t offset, int64_t size,
			 struct data_waiter *waiter, int64_t *ret_bytes);
/* As data_unpark(), for that. */
bool data_unpark_disk_cached(struct data *data, struct data_waiter *waiter);

/* --- Looking --- */

/* Bytes in memory of the part with this inode number; 0 where there is no such
   part. */
int64_t data_cached_bytes(struct data *data, uint64_t inode);

/* Counters since the start, and what is in use now. */
struct data_counts {
	unsigned long long reads, parked, fills, prefetches, evictions;
	unsigned long long wasted; /* blocks fetched ahead and never read */
	size_t blocks, blocks_used, fills_active, files;
	uint64_t lock_steps; /* the most that the lock was held for at once */
};
struct data_counts data_count(struct data *data);

#endif
