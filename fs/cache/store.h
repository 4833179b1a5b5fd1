#ifndef CAIFS_CACHE_STORE_H
#define CAIFS_CACHE_STORE_H

/*
 * What a cache has on disk, and the thread that writes it: in the order in
 * which it was asked to, never waited for, and within a bound of memory beyond
 * which something is not kept rather than anybody held up. It keeps to the
 * limits of size and free space; when the disk fails it says so once and rests
 * for a minute.
 *
 * Any thread. Reading waits for the disk; asking for something to be written
 * does not.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cached_listing.h"
#include "cached_part.h"
#include "caifs/executor.h"

enum { STORE_RUN = 256 * 1024 }; /* the most that is written in one go */

/* What must outlive its reader: which part it is. Counted. */
struct part {
	atomic_int references;
	struct part_key key;
	char text[]; /* of the key */
};

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
	struct job measuring;
	/* The writer's own: */
	bool looked;	 /* for room, ever */
	int64_t written; /* since then */
	int64_t rests_until_ms;
	bool reported;
};

/* Some pages to be written. */
struct store_run {
	struct job job;
	struct store *store;
	struct part *part;
	int64_t first; /* page */
	size_t size;
	char version[SOURCE_VERSION_SIZE];
	struct store_run *next; /* among the spare ones */
	char bytes[];
};

/* Takes `directory` over, also on failure. */
int store_init(struct store *store, int directory, int64_t max_bytes,
	       int64_t free_floor);

/* Finds out how much is held, once; nothing goes for that. */
void store_measure(struct store *store);

/* Writes what was asked for and ends the thread. */
void store_stop(struct store *store);
void store_finish(struct store *store);

int part_create(uint64_t scope, const struct source_range *range,
		struct part **ret_part);
struct part *part_ref(struct part *part);
void part_unref(struct part *part);

/* The part's file, or NULL. */
struct cached_part *store_get(struct store *store, const struct part *part);

/* Removes it from the disk, if its object is unlinked. */
void store_forget(struct store *store, struct part *part);

/* To be filled with at most STORE_RUN bytes; NULL: not now. */
struct store_run *store_begin(struct store *store, struct part *part,
			      const char *version, int64_t first);
/* Takes it over. */
void store_write(struct store_run *run);

/* Lets go of a claim, when all that was given before is written. */
void store_release_fetch_lock(struct store *store, struct part *part,
			      int64_t first, int64_t end);

/* Puts a listing on disk, or removes the one with its question. */
void store_write_listing(struct store *store, struct cached_listing *cached);
void store_remove_listing(struct store *store, struct cached_listing *cached);

/* The one on disk with that question, or NULL. */
struct cached_listing *store_read_listing(
	struct store *store, const struct cached_listing *question);

#endif
