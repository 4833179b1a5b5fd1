#ifndef CAIFS_SOURCE_H
#define CAIFS_SOURCE_H

/*
 * Where the tree and its bytes come from: the one seam between the filesystem
 * (namespace, data) and the platform. The platform implements it over HTTP,
 * tests implement it in memory.
 *
 * A call is asked for from any thread and never waits. It is answered through
 * callbacks on the source's own threads, with no lock held: `done` exactly
 * once, nothing after it. The caller gets a handle it must release once, at
 * any time; cancelling is a wish, `done` still comes (with -ECANCELED, or with
 * whatever happened first).
 *
 * Errors are negative errno as a caller of read(2) should see them:
 * -ENOENT (no such object), -EACCES (refused for good), -ESTALE (gone or
 * changed since it was listed), -ETIMEDOUT, -EIO, -ENOMEM, -ECANCELED.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One dataset, batch or part, as a listing describes it. Strings are never
   NULL and are borrowed for the length of the callback. */
struct source_record {
	const char *id;	 /* dataset; batch as Data Access knows it; part: the
			    dataset file that it is in */
	const char *key; /* batch: its Catalog key; part: the path inside the
			    dataset file; dataset: "" */
	const char *alternate_id; /* batch: one more id that Data Access may
				     know it by, or "" */
	const char *name;	  /* dataset: display name, may be "" */
	const char *status;	  /* batch, else "" */
	const char *client;	  /* batch: createdClient, or "" */
	const char *replaces;	  /* batch: any ids of those whose place it has
				     taken, one a line, or "" */
	int64_t created_ms;	  /* since 1970; 0: not said */
	int64_t modified_ms;	  /* batch: when it completed */
	int64_t size;		  /* part: bytes, >= 0 */
	int64_t record_count;	  /* batch; -1: not said */
};

/* --- Listings --- */

enum source_list_kind {
	SOURCE_DATASETS, /* all that the root may show */
	SOURCE_DATASET,	 /* the one with `dataset_id` */
	SOURCE_BATCHES,	 /* the readable ones of `dataset_id` */
	SOURCE_BATCH,	 /* the one of `dataset_id` that answers to `name` */
	SOURCE_LATEST,	 /* its newest, by the vendor's rule */
	SOURCE_PARTS,	 /* of the batch with these ids */
};

/* Strings are copied by the source before it returns. */
struct source_query {
	enum source_list_kind kind;
	const char *dataset_id;
	const char *name;
	const char *batch_id, *batch_key, *batch_alternate_id;
};

struct source_listing {
	void *data;
	/* Some more of it, in the platform's order. The last pages may repeat
	   what earlier ones held. Non-zero ends the call with that error. */
	int (*page)(void *data, const struct source_record *records,
		    size_t count);
	/* The list restarts: forget all pages seen. */
	void (*restart)(void *data);
	/* 0: complete. Else nothing of it may be used. */
	void (*done)(void *data, int err);
};

/* --- Bytes --- */

/* What is asked for: `size` bytes from `offset` on, all inside the file. */
struct source_range {
	const char *file_id, *path; /* borrowed until done */
	int64_t file_size;
	int64_t offset, size;
	bool prefetch; /* nobody waits for it yet */
};

enum { SOURCE_VERSION_SIZE = 128 };

/* What it took until an answer began, since the range was asked for: these
   follow on each other. */
struct source_wait {
	int64_t retry_ms; /* for a token, and what was tried before in vain,
			    with the pauses after it */
	int64_t queue_ms; /* for its turn */
	int64_t connect_ms;
	int64_t first_byte_ms;
	int asked;	       /* how often, this time included */
	int concurrency_limit; /* requests that the platform bears at the time
				*/
};

struct source_fetch {
	void *data;
	/* The version (ETag) of the file that the next bytes are of, "" when
	   the platform does not say. May come again, before bytes of another
	   connection. Non-zero ends the call with that error. */
	int (*version)(void *data, const char *version);
	/* An answer has begun, of which the next bytes are. May come again,
	   before another answer, and does not before bytes that were there.
	   Optional. */
	void (*answered)(void *data, const struct source_wait *wait);
	/* The next bytes, in order and without gaps from `offset` on. */
	void (*bytes)(void *data, const char *bytes, size_t size);
	/* 0: every byte was given. */
	void (*done)(void *data, int err);
};

/* --- What is kept --- */

struct source_disk_cached {
	void *data;
	/* So many bytes of the range are kept nearby, and cost the platform
	   nothing. */
	void (*done)(void *data, int err, int64_t bytes);
};

/* --- The source itself --- */

struct source_call;

struct source {
	const struct source_operations *operations;
};

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
	/* NULL, both of them: nothing is kept. */
	int64_t (*max_disk_cached)(struct source *source);
	void (*disk_cached)(struct source *source,
			    const struct source_range *range,
			    const struct source_disk_cached *disk_cached);
};

/* 0, or a negative errno when the call could not even begin; then no callback
   is made. `ret_call` is set before the first callback can run. */
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

/* Somebody waits now for a range that was asked for as a prefetch. */
static inline void source_promote(struct source *source,
				  struct source_call *call)
{
	source->operations->promote(call);
}

/* How many ranges it is worth asking for at once, now: at least 1. What is
   asked for beyond that waits for its turn below. */
static inline int source_capacity(struct source *source)
{
	return source->operations->capacity(source);
}

/* How many bytes may be kept, of all there are; 0: nothing is. */
static inline int64_t source_max_disk_cached(struct source *source)
{
	return source->operations->max_disk_cached
		       ? source->operations->max_disk_cached(source)
		       : 0;
}

/* Of one that keeps something: how much of a range is, when all has been
   written that came before. Strings are copied before it returns; `done` comes
   once, perhaps at once, and cannot be cancelled. */
static inline void source_ask_disk_cached(
	struct source *source, const struct source_range *range,
	const struct source_disk_cached *disk_cached)
{
	source->operations->disk_cached(source, range, disk_cached);
}

/* NULL is allowed. */
static inline void source_unref(struct source *source, struct source_call *call)
{
	if (call)
		source->operations->unref(call);
}

#endif
