#ifndef CAIFS_NAMESPACE_SNAPSHOT_H
#define CAIFS_NAMESPACE_SNAPSHOT_H

/*
 * What a directory held at one moment: a counted, immutable table of entries
 * sorted by name. Readers hold a reference and walk it by index, so that a
 * refresh, which puts another in its place, never disturbs them.
 *
 * Made by builder.h. Immutable once made: any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum entry_kind {
	ENTRY_DATASET,
	ENTRY_BATCH,
	ENTRY_SUBDIRECTORY, /* of a batch */
	ENTRY_PART,
	ENTRY_LINK,
};

/* Strings live in the snapshot's arena; "" where there is none. */
struct entry {
	const char *name;
	const char *id;		   /* as source_record; link: its target */
	const char *key;	   /* as source_record; dataset: display name */
	const char *alternate_id;  /* batch */
	const char *status;	   /* batch */
	struct snapshot *children; /* subdirectory: what it holds */
	uint64_t ino;
	int64_t size;
	int64_t modified_ms, created_ms;
	int64_t record_count;
	enum entry_kind kind : 8;
	bool by_vendor; /* batch: written by the vendor's scoring client */
};

/* Whose entries these are, for provenance. */
struct snapshot_owner {
	const char *dataset_id, *batch_id;
	uint64_t directory; /* inode of what was listed: of a batch's parts,
			       however deep they are, the batch's */
};

struct arena;

struct snapshot {
	_Atomic size_t references;
	size_t count;
	struct entry *entries;
	uint32_t *by_id; /* indices sorted by id, NULL where not needed */
	struct snapshot_owner owner;
	struct arena *arena;
};

struct snapshot *snapshot_ref(struct snapshot *snapshot);
struct snapshot *snapshot_unref(struct snapshot *snapshot); /* NULL is fine */

/* NULL: no such entry. Borrowed from the snapshot. */
const struct entry *snapshot_find(const struct snapshot *snapshot,
				  const char *name);

/* The entry whose id, key or alternate id this is. */
const struct entry *snapshot_find_id(const struct snapshot *snapshot,
				     const char *id);

/* The newest batch by the vendor's query: of those that its scoring client
   wrote if there are any, else of all; by creation. */
const struct entry *snapshot_latest(const struct snapshot *snapshot);

/* What a directory holds; NULL: the root. Pure. */
enum entry_kind kind_of_children(const struct entry *directory);

/* "dataset/batch/name" for log lines. `entry` is one of the snapshot's; NULL:
   the root, whatever the snapshot. Pure. */
void entry_describe(const struct snapshot *snapshot, const struct entry *entry,
		    char *text, size_t size);

#endif
