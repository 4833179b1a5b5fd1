#ifndef CAIFS_CACHE_CACHED_LISTING_H
#define CAIFS_CACHE_CACHED_LISTING_H

/*
 * The answer to one listing, record by record, in memory and as a file: a
 * header, the question, the records, all under one checksum; put in its place
 * whole, by renaming.
 *
 * An answer is counted. It is added to by one thread, and not at all once it
 * has been shared. What works on files waits for the disk.
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

/* To that query; under another scope it is another question. */
int cached_listing_create(uint64_t scope, const struct source_query *query,
			  struct cached_listing **ret_cached);
/* To the same question. */
int cached_listing_create_like(const struct cached_listing *other,
			       struct cached_listing **ret_cached);
struct cached_listing *cached_listing_ref(struct cached_listing *cached);
void cached_listing_unref(struct cached_listing *cached);

int cached_listing_add(struct cached_listing *cached,
		       const struct source_record *records, size_t count);
void cached_listing_clear(struct cached_listing *cached);

/* Gives all records to `page`, some at a time; stops with its error. */
int cached_listing_give(const struct cached_listing *cached,
			const struct source_listing *listing);

int cached_listing_write(int directory, const struct cached_listing *cached);

/* Into one that has its question only. -ENOENT; -EBADMSG: damaged. */
int cached_listing_read(int directory, struct cached_listing *cached);

#endif
