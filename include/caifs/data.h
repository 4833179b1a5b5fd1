#ifndef CAIFS_DATA_H
#define CAIFS_DATA_H

/*
 * The bytes of parts: a block map for each part that is open or was lately,
 * all under one budget of memory, filled by ranges from the source.
 *
 * No function waits. A read that lacks bytes leaves its waiter and is woken
 * when they are there, not when the range is that they come in. The same bytes
 * wanted twice are fetched once. What is handed out is whole: every byte that
 * was asked for, up to the file's end, or an error.
 *
 * Any thread. One lock, taken within; never held across a callback.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "caifs/source.h"
#include "caifs/waiter.h"

struct data;
struct data_file;

enum {
	DATA_PARKED = 1,
	DATA_BLOCK = 64 * 1024, /* memory comes in these */
	DATA_PAGE = 4096,	/* bytes are known by these */
	DATA_MIN_MEMORY = 8 * 1024 * 1024,
	DATA_MAX_READ = 1024 * 1024, /* the largest data_read() */
	DATA_TAIL = 16 * 1024,	     /* fetched when a part's end is read */
	DATA_FOLLOWERS = 8,
	DATA_KERNEL_WINDOW = 128 * 1024, /* how far the kernel reads ahead */
};

struct data_config {
	struct source *source; /* borrowed */
	size_t memory_bytes;   /* of all blocks; at least DATA_MIN_MEMORY */
	bool no_parquet;       /* nothing is guessed from a part's footer */
};

int data_create(const struct data_config *config, struct data **ret_data);
/* After the source's threads have ended. NULL is fine; returns NULL. */
struct data *data_destroy(struct data *data);

/* A part. Strings are copied where it is handed over. */
struct data_part {
	uint64_t number; /* its own: the inode's */
	const char *file_id, *path;
	int64_t size;
};

/* Opened twice, a part has one block map. `ret_known`: some of its bytes may be
   known already, and are of the same version as all that will be read. */
int data_open(struct data *data, const struct data_part *part,
	      struct data_file **ret_file, bool *ret_known);
void data_close(struct data *data, struct data_file *file);

/* What stands after it in its directory, at most DATA_FOLLOWERS: whoever reads
   the one may read the others, and will when he has listed them all before
   (`walked`). */
void data_follow(struct data *data, struct data_file *file,
		 const struct data_part *followers, size_t count, bool walked);

/* How the time went of the range that a read waited for longest. It may have
   been on its way before the read was. */
struct data_delay {
	int64_t waited_ms;	/* of the read */
	int64_t start, end;	/* the range */
	int64_t memory_wait_ms; /* until there was memory for it, and its turn
				 */
	struct source_wait source; /* zero: it was no platform that answered */
	int64_t body_ms; /* from then on, until the read's bytes were there */
};

/* A read that may have to wait. Zeroed before its first data_read(). */
struct data_waiter {
	struct waiter waiter;	 /* `wake` set by its owner */
	struct data_delay delay; /* once it has been read */
	int64_t start, end;	 /* data's own: the bytes that it waits for */
	int64_t parked_ms;	 /* data's own */
	int error;		 /* data's own: what became of the wait */
	struct data_disk_cached *disk_cached; /* data's own: what was asked */
};

/* Bytes in memory, kept there until data_view_finish(). */
struct data_view {
	struct iovec parts[DATA_MAX_READ / DATA_BLOCK + 1];
	int count;
	struct data_block *blocks[DATA_MAX_READ / DATA_BLOCK + 1];
};

/* `size` at most DATA_MAX_READ; cut at the end of the file (0 bytes past it).
   0, DATA_PARKED, -ESTALE when the file has changed since it was opened, or
   why the bytes could not be had. */
int data_read(struct data *data, struct data_file *file, int64_t offset,
	      size_t size, struct data_waiter *waiter, struct data_view *view);
void data_view_finish(struct data *data, struct data_view *view);

/* Takes the waiter back, `why` being what its caller will be told; what only it
   wanted is no longer fetched. False: it waits for nothing any more; it has
   been woken or is about to be. */
bool data_unpark(struct data *data, struct data_waiter *waiter, int why);

/* How many bytes may be kept on disk, of all parts; 0: nothing is. */
int64_t data_max_disk_cached(const struct data *data);

/* How many of `size` bytes from `offset` on are kept on disk, when what was on
   its way to there has come. Are they not all,
   then what memory has of the part is forgotten, so that it is fetched again,
   and kept. 0, DATA_PARKED, or why it is not known. Not where nothing is kept.
 */
int data_ask_disk_cached(struct data *data, struct data_file *file,
			 int64_t offset, int64_t size,
			 struct data_waiter *waiter, int64_t *ret_bytes);
/* As data_unpark(), for that. */
bool data_unpark_disk_cached(struct data *data, struct data_waiter *waiter);

/* Bytes in memory of the part with this number. */
int64_t data_cached_bytes(struct data *data, uint64_t number);

/* Counters since the start, and what is in use now. */
struct data_counts {
	unsigned long long reads, parked, fills, prefetches, evictions;
	unsigned long long wasted; /* blocks fetched ahead and never read */
	size_t blocks, blocks_used, fills_active, files;
};
struct data_counts data_count(struct data *data);

#endif
