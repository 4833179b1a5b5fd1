#ifndef CAIFS_CACHE_STORE_H
#define CAIFS_CACHE_STORE_H

/*
 * The files of a cache, and the thread that writes them ("cache writer").
 * Writes are queued and done in order; no caller waits for them. The queue's
 * memory is bounded: beyond it, pages are dropped. The writer keeps to the
 * limits of size and free space. When the disk fails it logs so once and writes
 * nothing for a minute.
 *
 * Any thread. store_get() and store_read_listing() wait for the disk, all
 * others do not.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cached_listing.h"
#include "cached_part.h"
#include "caifs/executor.h"

enum { STORE_RUN = 256 * 1024 }; /* bytes of one write, at most */

/* A part's key with its strings, which outlives the call it was made for.
   Reference-counted. */
struct part {
	atomic_int references;
	struct part_key key;
	char text[]; /* the key's strings */
};

/* As struct cache_counts (caifs/cache.h) has them. */
struct store_counts {
	_Atomic int64_t held, hits, misses, bytes, evictions, damaged, errors;
	_Atomic int64_t dropped;
};

struct store {
	int directory, fetch_locks;
	int64_t max_bytes, free_floor;
	struct cached_part_table cached_parts;
	struct executor *writer;
	_Atomic int64_t queued; /* bytes */
	pthread_mutex_t lock;	/* guards the next two; a leaf */
	struct store_run *spare;
	size_t spare_count;
	struct store_counts counts;
	struct job measure_job;
	/* Used by the writer only: */
	bool evicted;		 /* evict() has run */
	int64_t written;	 /* bytes, since it ran */
	int64_t paused_until_ms; /* monotonic; 0: the disk has not failed */
	bool reported;		 /* that it failed */
};

/* Adjacent pages of one part, to be written. */
struct store_run {
	struct job job;
	struct store *store;
	struct part *part;
	int64_t first; /* page */
	size_t size;   /* bytes filled */
	char version[SOURCE_VERSION_SIZE];
	struct store_run *next; /* in `spare` */
	char bytes[];
};

/* Owns `directory` from here on, and closes it on failure too. `free_floor`
   < 0: the default (evict.h). 0 or negative errno. */
int store_init(struct store *store, int directory, int64_t max_bytes,
	       int64_t free_floor);

/* Measures the disk space used, on the writer; removes nothing. Call once. */
void store_measure(struct store *store);

/* Does all queued writes and ends the writer. A second call has no effect. */
void store_stop(struct store *store);
/* Call after store_stop(). */
void store_finish(struct store *store);

/* 0 or -ENOMEM. */
int part_create(uint64_t scope, const struct source_range *range,
		struct part **ret_part);
struct part *part_ref(struct part *part);
/* NULL: no effect. */
void part_unref(struct part *part);

/* The part's file, with a reference (cached_part_unref()); NULL: none. */
struct cached_part *store_get(struct store *store, const struct part *part);

/* Queued: removes the part's file if it is marked unlinked. */
void store_forget(struct store *store, struct part *part);

/* A run from page `first` on. The caller sets its bytes and its size, at most
   STORE_RUN, and passes it to store_write(). NULL: too much is queued, or no
   memory. */
struct store_run *store_begin(struct store *store, struct part *part,
			      const char *version, int64_t first);
/* Owns the run from here on. One of size 0 is freed. */
void store_write(struct store_run *run);

/* Queued, so that the pages are on disk before: releases a fetch lock. */
void store_release_fetch_lock(struct store *store, struct part *part,
			      int64_t first, int64_t end);

/* Queued: writes the listing, or removes that of its question. Both take a
   reference of their own. */
void store_write_listing(struct store *store, struct cached_listing *cached);
void store_remove_listing(struct store *store, struct cached_listing *cached);

/* The listing on disk with that question, with a reference; NULL: none. Removes
   a damaged one. */
struct cached_listing *store_read_listing(
	struct store *store, const struct cached_listing *question);

#endif
