#ifndef CAIFS_NAMESPACE_BUILDER_H
#define CAIFS_NAMESPACE_BUILDER_H

/*
 * Records of a listing, page by page, made into a snapshot: doubles dropped,
 * names given, sorted, and for a batch's parts put into one tree. A batch whose
 * place a later one of the same list has taken is left out, whatever its status
 * still says.
 *
 * Belongs to one thread at a time.
 */

#include "assigned_names.h"
#include "caifs/source.h"
#include "snapshot.h"

struct builder;

/* What a directory may hold at the most: a list that goes on for ever, or whose
   names do, must end before the memory does. The largest that are to be
   expected (100,000 batches, 10,000 datasets) take a sixth of it. */
enum { BUILDER_MAX_RECORDS = 1000000, BUILDER_MAX_BYTES = 128 * 1024 * 1024 };

struct builder *builder_create(void); /* NULL: -ENOMEM */
struct builder *builder_destroy(struct builder *builder);

/* -ENOMEM; -EFBIG: over a ceiling. */
int builder_add(struct builder *builder, const struct source_record *records,
		size_t count);

void builder_clear(struct builder *builder);

struct builder_options {
	enum entry_kind kind;		       /* what the records are */
	struct assigned_names *assigned_names; /* root only; its lock is held */
	bool show_latest; /* list the link to the newest batch */
	struct snapshot_owner owner;
	int64_t default_modified_ms; /* parts: where none is said */
};

/* Leaves the builder empty. The snapshot has one reference. */
int builder_finish(struct builder *builder,
		   const struct builder_options *options,
		   struct snapshot **ret_snapshot);

/* A snapshot of one link, to `target` in the same directory. Pure. -ENOMEM. */
int snapshot_of_link(const char *name, const struct entry *target,
		     const struct snapshot_owner *owner,
		     struct snapshot **ret_snapshot);

/* Reserved in each dataset, and in the root. */
#define LATEST_NAME  "latest"
#define CONTROL_NAME ".caifs"

#endif
