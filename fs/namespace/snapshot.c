/* Directory snapshots: see snapshot.h. */

#include "snapshot.h"

#include "arena.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
	atomic_fetch_add(&snapshot->references, 1);
	return snapshot;
}

struct snapshot *snapshot_unref(struct snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) != 1)
		return NULL;
	for (size_t i = 0; i < snapshot->count; i++)
		snapshot_unref(snapshot->entries[i].children);
	arena_unref(snapshot->arena);
	free(snapshot);
	return NULL;
}

static int by_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct entry *)entry)->name);
}

const struct entry *snapshot_find(const struct snapshot *snapshot,
				  const char *name)
{
	if (snapshot->count == 0)
		return NULL;
	return bsearch(name, snapshot->entries, snapshot->count,
		       sizeof(*snapshot->entries), by_name);
}

/* The place in `by_id` of the first entry whose id is not less than `id`. */
static size_t lower_bound(const struct snapshot *s, const char *id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->entries[s->by_id[middle]].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct entry *snapshot_find_id(const struct snapshot *s, const char *id)
{
	size_t at;

	if (s->by_id) {
		at = lower_bound(s, id);
		if (at < s->count &&
		    strcmp(s->entries[s->by_id[at]].id, id) == 0)
			return &s->entries[s->by_id[at]];
	}
	for (size_t i = 0; i < s->count; i++) {
		const struct entry *entry = &s->entries[i];

		if (entry->kind == ENTRY_BATCH &&
		    (strcmp(entry->key, id) == 0 ||
		     strcmp(entry->alternate_id, id) == 0))
			return entry;
	}
	return NULL;
}

static bool is_newer(const struct entry *a, const struct entry *b)
{
	if (a->by_vendor != b->by_vendor)
		return a->by_vendor;
	return a->created_ms > b->created_ms;
}

const struct entry *snapshot_latest(const struct snapshot *snapshot)
{
	const struct entry *latest = NULL;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct entry *entry = &snapshot->entries[i];

		if (entry->kind == ENTRY_BATCH &&
		    (!latest || is_newer(entry, latest)))
			latest = entry;
	}
	return latest;
}

enum entry_kind kind_of_children(const struct entry *directory)
{
	if (!directory)
		return ENTRY_DATASET;
	return directory->kind == ENTRY_DATASET ? ENTRY_BATCH : ENTRY_PART;
}

void entry_describe(const struct snapshot *snapshot, const struct entry *entry,
		    char *text, size_t size)
{
	const struct snapshot_owner *owner;

	if (!entry) {
		snprintf(text, size, "/");
		return;
	}
	owner = &snapshot->owner;
	snprintf(text, size, "%s%s%s%s%s", owner->dataset_id,
		 *owner->dataset_id ? "/" : "", owner->batch_id,
		 *owner->batch_id ? "/" : "", entry->name);
}
