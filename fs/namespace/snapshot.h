#ifndef CAIFS_NAMESPACE_SNAPSHOT_H
#define CAIFS_NAMESPACE_SNAPSHOT_H

/*
 * A directory's entries at one moment: an immutable table sorted by name, with
 * a reference count. Readers hold a reference and address entries by index; a
 * refresh makes another snapshot and does not affect them.
 *
 * Made by builder.h. Any thread.
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

/* Strings are in the snapshot's arena or static; "": none. */
struct entry {
	const char *name;
	const char *id;		   /* as source_record; link: target name */
	const char *key;	   /* as source_record; dataset: display name */
	const char *alternate_id;  /* batch */
	const char *status;	   /* batch */
	struct snapshot *children; /* subdirectory: referenced; else NULL */
	uint64_t ino;
	int64_t size;			 /* bytes; link: of its target */
	int64_t modified_ms, created_ms; /* since 1970; 0: unknown */
	int64_t record_count;		 /* batch; -1: unknown */
	enum entry_kind kind : 8;
	bool by_vendor; /* batch: written by the vendor's scoring client */
};

/* What the entries belong to, for provenance. */
struct snapshot_owner {
	const char *dataset_id, *batch_id; /* "": none */
	uint64_t directory; /* inode of the listed directory; for a batch's
			       parts, in subdirectories too, the batch's */
};

struct arena;

struct snapshot {
	_Atomic size_t references;
	size_t count;
	struct entry *entries;
	uint32_t *by_id; /* indices sorted by id; NULL: parts, one link */
	struct snapshot_owner owner;
	struct arena *arena;
};

struct snapshot *snapshot_ref(struct snapshot *snapshot);
/* NULL: no effect. Returns NULL. */
struct snapshot *snapshot_unref(struct snapshot *snapshot);

/* The three that find borrow from the snapshot. NULL: no such entry. */
const struct entry *snapshot_find(const struct snapshot *snapshot,
				  const char *name);

/* The entry with this id, or the batch with this key or alternate id. */
const struct entry *snapshot_find_id(const struct snapshot *snapshot,
				     const char *id);

/* The batch created last among those that the vendor's scoring client wrote, as
   the vendor's query selects it; if there are none, among all. */
const struct entry *snapshot_latest(const struct snapshot *snapshot);

/* The kind of a directory's entries; NULL: the root. Pure. */
enum entry_kind kind_of_children(const struct entry *directory);

/* Writes "dataset/batch/name" for log lines, cut to `size` bytes. `entry` is in
   `snapshot`; NULL: the root, and `snapshot` is not used. Pure. */
void entry_describe(const struct snapshot *snapshot, const struct entry *entry,
		    char *text, size_t size);

#endif
