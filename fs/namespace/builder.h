#ifndef CAIFS_NAMESPACE_BUILDER_H
#define CAIFS_NAMESPACE_BUILDER_H

/*
 * Makes a snapshot of a listing's records, added page by page: drops
 * duplicates, assigns names, sorts, and builds one tree of a batch's parts. A
 * batch that a later batch of the same list replaces is omitted, whatever its
 * status.
 *
 * Belongs to one thread at a time.
 */

#include "assigned_names.h"
#include "caifs/source.h"
#include "snapshot.h"

struct builder;

/* Ceilings of one directory, so that neither an endless list nor endless names
   exhaust memory. The largest lists to be expected (100,000 batches, 10,000
   datasets) take a sixth of them. */
enum { BUILDER_MAX_RECORDS = 1000000, BUILDER_MAX_BYTES = 128 * 1024 * 1024 };

struct builder *builder_create(void); /* NULL: no memory */
/* NULL: no effect. Returns NULL. */
struct builder *builder_destroy(struct builder *builder);

/* Copies `records`. -ENOMEM; -EFBIG: over a ceiling. After a failure call
   builder_clear() or builder_destroy(). */
int builder_add(struct builder *builder, const struct source_record *records,
		size_t count);

/* Drops all records. */
void builder_clear(struct builder *builder);

struct builder_options {
	enum entry_kind kind;		       /* what the records are */
	struct assigned_names *assigned_names; /* datasets only; lock held */
	bool show_latest; /* add the link to the newest batch */
	struct snapshot_owner owner;
	int64_t default_modified_ms; /* of parts without a time */
};

/* On success the builder is empty and the snapshot has one reference. -ENOMEM;
   -EINVAL: a record has neither name nor id. After a failure as builder_add().
 */
int builder_finish(struct builder *builder,
		   const struct builder_options *options,
		   struct snapshot **ret_snapshot);

/* A snapshot, with one reference, of one entry: a link to `target` in the same
   directory. Copies the strings. 0 or -ENOMEM. Pure. */
int snapshot_of_link(const char *name, const struct entry *target,
		     const struct snapshot_owner *owner,
		     struct snapshot **ret_snapshot);

#define LATEST_NAME  "latest" /* reserved in each dataset */
#define CONTROL_NAME ".caifs" /* reserved in the root */

#endif
