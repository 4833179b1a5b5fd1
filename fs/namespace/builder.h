#ifndef CAIFS_NAMESPACE_BUILDER_H
#define CAIFS_NAMESPACE_BUILDER_H

/*
 * Records of a listing, page by page, made into a snapshot: doubles dropped,
 * names given, sorted, and for a batch's parts put into one tree.
 *
 * Belongs to one thread at a time.
 */

#include "caifs/source.h"
#include "ledger.h"
#include "snapshot.h"

struct builder;

/* What a directory may hold at the most. */
enum { BUILDER_MAX_RECORDS = 1000000 };

struct builder *builder_create(void); /* NULL: -ENOMEM */
struct builder *builder_destroy(struct builder *builder);

/* -ENOMEM; -EFBIG: over the ceiling. */
int builder_add(struct builder *builder, const struct source_record *records,
		size_t count);

void builder_clear(struct builder *builder);

struct builder_options {
	enum entry_kind kind;  /* what the records are */
	struct ledger *ledger; /* root only; its lock is held */
	bool show_latest;      /* list the link to the newest batch */
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
