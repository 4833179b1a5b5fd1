#ifndef CAIFS_SOURCE_H
#define CAIFS_SOURCE_H

/*
 * The interface between the filesystem (namespace, data) and where its listings
 * and bytes come from. The platform implements it over HTTP, the disk cache
 * over another source, tests in memory.
 *
 * Start a call from any thread; starting never waits. Callbacks run on the
 * source's threads, with none of its locks held. `done` runs exactly once, and
 * no callback after it. The caller calls source_unref() once on the handle, at
 * any time. After source_cancel() `done` still comes, with -ECANCELED or with
 * another result that came first.
 *
 * Errors are negative errno as a caller of read(2) should see them:
 * -ENOENT (no such object), -EACCES (refused for good), -ESTALE (gone or
 * changed since it was listed), -ETIMEDOUT, -EIO, -ENOMEM, -ECANCELED.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One dataset, batch or part of a listing. Strings are never NULL; they are
   borrowed until the callback returns. "" means: not known, or none for this
   kind of object. */
struct source_record {
	const char *id;	 /* dataset: its id; batch: its Data Access id; part:
			    the dataset file that it is in */
	const char *key; /* batch: its Catalog key; part: the path inside the
			    dataset file; dataset: "" */
	const char *alternate_id; /* batch: another possible Data Access id */
	const char *name;	  /* dataset: display name, may be "" */
	const char *status;	  /* batch */
	const char *client;	  /* batch: createdClient */
	const char *replaces;	  /* batch: ids of the batches that it
				     replaces, one a line */
	int64_t created_ms;	  /* since 1970; 0: not known */
	int64_t modified_ms;	  /* likewise; batch: when it completed */
	int64_t size;		  /* part: bytes, >= 0; else 0 */
	int64_t record_count;	  /* batch; -1: not known */
};

/* --- Listings --- */

enum source_list_kind {
	SOURCE_DATASETS, /* all datasets of the root directory */
	SOURCE_DATASET,	 /* the dataset `dataset_id` */
	SOURCE_BATCHES,	 /* the readable batches of `dataset_id` */
	SOURCE_BATCH,	 /* the batch of `dataset_id` with `name` as an id */
	SOURCE_LATEST,	 /* the newest of `dataset_id`, by the vendor's rule */
	SOURCE_PARTS,	 /* the parts of the batch with the batch_* ids */
};

/* The source copies the strings before source_list() returns. NULL: as "". */
struct source_query {
	enum source_list_kind kind;
	const char *dataset_id;
	const char *name;
	const char *batch_id, *batch_key, *batch_alternate_id;
};

struct source_listing {
	void *data;
	/* The next records, in the platform's order. A page may repeat records
	   of earlier ones. Non-zero ends the call with that error. */
	int (*page)(void *data, const struct source_record *records,
		    size_t count);
	/* The list restarts: forget all pages so far. */
	void (*restart)(void *data);
	/* `err` 0: the list is complete. Else do not use any of its pages. */
	void (*done)(void *data, int err);
};

/* --- Bytes --- */

/* `size` bytes from `offset` on, all inside the file. */
struct source_range {
	const char *file_id, *path; /* of the part; borrowed until done */
	int64_t file_size;	    /* as listed */
	int64_t offset, size;
	bool prefetch; /* no read waits for it yet */
};

enum { SOURCE_VERSION_SIZE = 128 };

/* The time from the start of the call to the start of an answer, in
   consecutive parts. */
struct source_wait {
	int64_t retry_ms;   /* token, failed attempts and their pauses */
	int64_t queue_ms;   /* in the queue: limit or pause */
	int64_t connect_ms; /* 0: over a kept connection */
	int64_t first_byte_ms;
	int asked;	       /* attempts, this one included */
	int concurrency_limit; /* of requests, at this time */
};

struct source_fetch {
	void *data;
	/* The version (ETag) of the file that the next bytes belong to; "": not
	   known. Runs again before bytes of another answer. Non-zero ends the
	   call with that error. */
	int (*version)(void *data, const char *version);
	/* An answer has started, and its bytes come next. Runs for each answer
	   of the platform, not for bytes from the disk cache. Optional. */
	void (*answered)(void *data, const struct source_wait *wait);
	/* The next bytes, in order and without gaps from `offset` on. */
	void (*bytes)(void *data, const char *bytes, size_t size);
	/* `err` 0: every byte was delivered. */
	void (*done)(void *data, int err);
};

/* --- The disk cache --- */

struct source_disk_cached {
	void *data;
	/* `bytes` of the range are on disk; on failure (`err` < 0), 0. */
	void (*done)(void *data, int err, int64_t bytes);
};

/* --- The source itself --- */

struct source_call;

struct source {
	const struct source_operations *operations;
};

/* See the functions of the same names below. */
struct source_operations {
	int (*list)(struct source *source, const struct source_query *query,
		    const struct source_listing *listing,
		    struct source_call **ret_call);
	int (*fetch)(struct source *source, const struct source_range *range,
		     const struct source_fetch *fetch,
		     struct source_call **ret_call);
	void (*cancel)(struct source_call *call);
	void (*promote)(struct source_call *call);
	int (*capacity)(struct source *source);
	void (*unref)(struct source_call *call);
	/* Both NULL: there is no disk cache. */
	int64_t (*max_disk_cached)(struct source *source);
	void (*disk_cached)(struct source *source,
			    const struct source_range *range,
			    const struct source_disk_cached *disk_cached);
};

/* source_list() and source_fetch() copy the structures they are given. They
   return 0, or a negative errno if the call did not start: then no callback
   runs. `*ret_call` is set before the first callback can run. */
static inline int source_list(struct source *source,
			      const struct source_query *query,
			      const struct source_listing *listing,
			      struct source_call **ret_call)
{
	return source->operations->list(source, query, listing, ret_call);
}

static inline int source_fetch(struct source *source,
			       const struct source_range *range,
			       const struct source_fetch *fetch,
			       struct source_call **ret_call)
{
	return source->operations->fetch(source, range, fetch, ret_call);
}

static inline void source_cancel(struct source *source,
				 struct source_call *call)
{
	source->operations->cancel(call);
}

/* A read now waits for a call that was started as a prefetch: raises its
   priority. Other calls: no effect. */
static inline void source_promote(struct source *source,
				  struct source_call *call)
{
	source->operations->promote(call);
}

/* How many concurrent calls are useful now, >= 1. More of them wait in the
   source's queue. */
static inline int source_capacity(struct source *source)
{
	return source->operations->capacity(source);
}

/* Ceiling of the disk cache, in bytes; 0: there is none. */
static inline int64_t source_max_disk_cached(struct source *source)
{
	return source->operations->max_disk_cached
		       ? source->operations->max_disk_cached(source)
		       : 0;
}

/* How much of a range is on disk, after all earlier writes. Call only if
   source_max_disk_cached() is not 0. Strings are copied before it returns.
   `done` runs once, perhaps before it returns; it cannot be cancelled. */
static inline void source_ask_disk_cached(
	struct source *source, const struct source_range *range,
	const struct source_disk_cached *disk_cached)
{
	source->operations->disk_cached(source, range, disk_cached);
}

/* Releases the caller's reference. NULL: no effect. */
static inline void source_unref(struct source *source, struct source_call *call)
{
	if (call)
		source->operations->unref(call);
}

#endif
