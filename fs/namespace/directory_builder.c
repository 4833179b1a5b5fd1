/* Making one directory's snapshot: see directory_builder.h. */

#include "directory_builder.h"

#include "names.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

/* The top bits of a part's inode number hold the number in its name. */
enum { ORDER_BITS = 14 };

/* The first number in a part's name: 17 of "a/part-00017-tid.parquet". */
static uint64_t number_in_name(const char *path)
{
	const char *name = strrchr(path, '/');
	uint64_t number = 0;

	name = name ? name + 1 : path;
	name += strcspn(name, "0123456789");
	for (int i = 0; i < 9 && *name >= '0' && *name <= '9'; i++)
		number = number * 10 + (uint64_t)(*name++ - '0');
	return number;
}

uint64_t inode_number(enum entry_kind kind, const char *id, const char *key,
		      int64_t size)
{
	XXH64_hash_t hash =
		XXH3_64bits_withSeed(id, strlen(id), (XXH64_hash_t)kind + 1);

	hash = XXH3_64bits_withSeed(key, strlen(key), hash);
	hash = XXH3_64bits_withSeed(&size, sizeof(size), hash);
	if (kind == ENTRY_PART)
		hash = hash >> ORDER_BITS | number_in_name(key)
						    << (64 - ORDER_BITS);
	return hash < INODE_NUMBER_FIRST ? hash + INODE_NUMBER_FIRST : hash;
}

static bool taken(void *data, const char *name, const char *id)
{
	const struct builder_options *options = data;
	const char *owner;

	if (options->kind == ENTRY_BATCH)
		return strcmp(name, LATEST_NAME) == 0;
	if (options->kind != ENTRY_DATASET)
		return false;
	owner = assigned_names_id(options->assigned_names, name);
	/* A name in the form of an ID would hide the dataset of that ID. */
	return strcmp(name, CONTROL_NAME) == 0 ||
	       (name_is_id(name) && strcmp(name, id) != 0) ||
	       (owner && strcmp(owner, id) != 0);
}

/* The ID that distinguishes an item from others of its name. */
static const char *marking_id(const struct item *item)
{
	switch (item->entry.kind) {
	case ENTRY_BATCH:
		return item->entry.key;
	case ENTRY_SUBDIRECTORY:
		return item->original;
	default:
		return item->entry.id;
	}
}

static int name_items(struct directory_builder *directory, struct arena *arena,
		      const struct builder_options *options)
{
	struct naming *namings = calloc(directory->count, sizeof(*namings));
	int err = 0;

	if (!namings)
		return directory->count ? -ENOMEM : 0;
	for (size_t i = 0; i < directory->count && !err; i++) {
		struct item *item = &directory->items[i];
		const char *given = NULL;
		struct buffer plain;

		namings[i].original = item->original;
		namings[i].id = marking_id(item);
		if (options->kind == ENTRY_DATASET)
			given = assigned_names_name(options->assigned_names,
						    item->entry.id);
		if (given) {
			namings[i].name = strdup(given);
		} else if (item->entry.kind == ENTRY_SUBDIRECTORY) {
			/* A subdirectory has no ID: it keeps its plain name,
			   and a part of the same name is marked. */
			buffer_init(&plain, 1024);
			if (name_plain(item->original, item->original, &plain))
				err = -ENOMEM;
			namings[i].name = buffer_steal(&plain);
		} else {
			continue;
		}
		namings[i].fixed = true;
		if (!namings[i].name)
			err = -ENOMEM;
	}
	if (!err)
		err = names_assign(namings, directory->count, taken,
				   (void *)(uintptr_t)options);
	for (size_t i = 0; i < directory->count; i++) {
		struct entry *entry = &directory->items[i].entry;

		if (!err)
			entry->name = arena_text_or(arena, namings[i].name,
						    entry->id);
		if (!err && !entry->name)
			err = -ENOMEM;
		if (!err && options->kind == ENTRY_DATASET &&
		    !assigned_names_name(options->assigned_names, entry->id))
			err = assigned_names_add(options->assigned_names,
						 entry->id, entry->name);
		free(namings[i].name);
	}
	free(namings);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name,
		      ((const struct entry *)b)->name);
}

static int by_id(const void *a, const void *b, void *entries)
{
	const struct entry *table = entries;

	return strcmp(table[*(const uint32_t *)a].id,
		      table[*(const uint32_t *)b].id);
}

static int index_ids(struct snapshot *snapshot)
{
	snapshot->by_id =
		arena_take(snapshot->arena, snapshot->count * sizeof(uint32_t));
	if (!snapshot->by_id)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->count; i++)
		snapshot->by_id[i] = (uint32_t)i;
	qsort_r(snapshot->by_id, snapshot->count, sizeof(uint32_t), by_id,
		snapshot->entries);
	return 0;
}

/* An empty snapshot with room for `count` entries. */
static int make_snapshot(size_t count, const struct snapshot_owner *owner,
			 struct arena *arena, struct snapshot **ret_snapshot)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	atomic_init(&s->references, 1);
	s->arena = arena_ref(arena);
	s->entries =
		arena_take(arena, (count ? count : 1) * sizeof(struct entry));
	s->owner.dataset_id = arena_text(arena, owner->dataset_id);
	s->owner.batch_id = arena_text(arena, owner->batch_id);
	s->owner.directory = owner->directory;
	if (!s->entries || !s->owner.dataset_id || !s->owner.batch_id) {
		snapshot_unref(s);
		return -ENOMEM;
	}
	*ret_snapshot = s;
	return 0;
}

/* A link to `target`. `name` and `target_name` must outlive the entry. */
static struct entry link_entry(const char *name, const char *dataset_id,
			       const struct entry *target,
			       const char *target_name)
{
	return (struct entry){
		.kind = ENTRY_LINK,
		.name = name,
		.id = target_name,
		.key = "",
		.alternate_id = "",
		.status = "",
		.ino = inode_number(ENTRY_LINK, dataset_id, name, 0),
		.size = (int64_t)strlen(target_name),
		.modified_ms = target->modified_ms,
		.record_count = -1,
	};
}

static void add_latest(struct snapshot *s)
{
	const struct entry *latest = snapshot_latest(s);

	if (latest)
		s->entries[s->count++] = link_entry(
			LATEST_NAME, s->owner.dataset_id, latest, latest->name);
}

int directory_builder_finish(struct directory_builder *directory,
			     struct arena *arena,
			     const struct builder_options *options,
			     struct snapshot **ret_snapshot)
{
	struct snapshot *s;
	int err = name_items(directory, arena, options);

	if (err)
		return err;
	err = make_snapshot(directory->count + 1, &options->owner, arena, &s);
	if (err)
		return err;
	for (size_t i = 0; i < directory->count; i++)
		s->entries[i] = directory->items[i].entry;
	s->count = directory->count;
	if (options->show_latest)
		add_latest(s);
	qsort(s->entries, s->count, sizeof(struct entry), by_name);
	if (options->kind != ENTRY_PART && index_ids(s)) {
		s->count = 0; /* the items still own the children */
		snapshot_unref(s);
		return -ENOMEM;
	}
	*ret_snapshot = s;
	return 0;
}

int snapshot_of_link(const char *name, const struct entry *target,
		     const struct snapshot_owner *owner,
		     struct snapshot **ret_snapshot)
{
	struct arena *arena = arena_create();
	const char *own_name, *own_target;
	struct snapshot *s;

	if (!arena || make_snapshot(1, owner, arena, &s)) {
		arena_unref(arena);
		return -ENOMEM;
	}
	arena_unref(arena); /* the snapshot has its own reference */
	own_name = arena_text(s->arena, name);
	own_target = arena_text(s->arena, target->name);
	if (!own_name || !own_target) {
		snapshot_unref(s);
		return -ENOMEM;
	}
	s->entries[s->count++] =
		link_entry(own_name, owner->dataset_id, target, own_target);
	*ret_snapshot = s;
	return 0;
}
