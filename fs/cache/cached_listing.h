#ifndef CAIFS_CACHE_CACHED_LISTING_H
#define CAIFS_CACHE_CACHED_LISTING_H

/*
 * The records of one listing, in memory and as a file: a header, the question
 * (scope and query), the records, all under one checksum. A file is replaced
 * whole, by rename(2).
 *
 * Reference-counted. One thread adds records, before any other has the listing;
 * after that it does not change. cached_listing_write() and _read() wait for
 * the disk. Functions that return int return 0 or a negative errno.
 */

#include <stdatomic.h>

#include "caifs/buffer.h"
#include "caifs/source.h"
#include "directory.h"

struct cached_listing {
	atomic_int references;
	char name[DIRECTORY_NAME];
	struct buffer question, records;
	size_t count;
};

/* An empty listing, with one reference. */
int cached_listing_create(uint64_t scope, const struct source_query *query,
			  struct cached_listing **ret_cached);
/* An empty one with the question of `other`. */
int cached_listing_create_like(const struct cached_listing *other,
			       struct cached_listing **ret_cached);
struct cached_listing *cached_listing_ref(struct cached_listing *cached);
/* NULL: no effect. */
void cached_listing_unref(struct cached_listing *cached);

/* Copies the records. -EMSGSIZE: over the ceiling; -ENOMEM. */
int cached_listing_add(struct cached_listing *cached,
		       const struct source_record *records, size_t count);
void cached_listing_clear(struct cached_listing *cached);

/* Calls listing->page() with all records, in pages. Stops when it fails and
   returns its error; -EIO: the records are damaged; -ENOMEM. Does not call
   listing->done(). */
int cached_listing_give(const struct cached_listing *cached,
			const struct source_listing *listing);

int cached_listing_write(int directory, const struct cached_listing *cached);

/* Fills a listing that has no records from its file. -ENOENT: no file;
   -EBADMSG: damaged. */
int cached_listing_read(int directory, struct cached_listing *cached);

#endif
