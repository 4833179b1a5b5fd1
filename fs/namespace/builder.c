/* From records to a snapshot: see builder.h. */

#include "builder.h"

#include "arena.h"
#include "names.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

/* Deeper paths than this stay one name, their slashes escaped. */
enum { MAX_DEPTH = 32 };

static const char vendor_client[] = "acp_foundation_push";

struct item {
	struct entry entry; /* `name` not yet given */
	const char *original;
	size_t order;
};

struct builder {
	struct arena *arena;
	struct item *items;
	size_t count, room;
};

struct builder *builder_create(void)
{
	struct builder *b = calloc(1, sizeof(*b));

	if (b)
		b->arena = arena_create();
	if (b && !b->arena) {
		free(b);
		return NULL;
	}
	return b;
}

struct builder *builder_destroy(struct builder *b)
{
	if (!b)
		return NULL;
	arena_unref(b->arena);
	free(b->items);
	free(b);
	return NULL;
}

void builder_clear(struct builder *b)
{
	b->count = 0;
}

int builder_add(struct builder *b, const struct source_record *records,
		size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct source_record *r = &records[i];
		struct item *item;

		if (b->count >= BUILDER_MAX_RECORDS)
			return -EFBIG;
		if (b->count == b->room) {
			size_t room = b->room ? 2 * b->room : 128;
			struct item *grown =
				reallocarray(b->items, room, sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			b->items = grown;
			b->room = room;
		}
		item = &b->items[b->count];
		*item = (struct item){
			.original = arena_text(b->arena, r->name),
			.order = b->count,
			.entry = {.key = arena_text(b->arena, r->key),
				  .alternate_id =
					  arena_text(b->arena, r->alternate_id),
				  .status = arena_text(b->arena, r->status),
				  .id = arena_text(b->arena, r->id),
				  .size = r->size,
				  .modified_ms = r->modified_ms,
				  .created_ms = r->created_ms,
				  .record_count = r->record_count,
				  .by_vendor = strcmp(r->client,
						      vendor_client) == 0},
		};
		if (!item->original || !item->entry.key ||
		    !item->entry.alternate_id || !item->entry.status ||
		    !item->entry.id)
			return -ENOMEM;
		b->count++;
	}
	return 0;
}

/* --- Inode numbers --- */

/* From what the thing is, so that it has the same number in every listing and
   every mount; a part of another length is another thing. */
static uint64_t ino_of(enum entry_kind kind, const char *id, const char *key,
		       int64_t size)
{
	XXH64_hash_t hash =
		XXH3_64bits_withSeed(id, strlen(id), (XXH64_hash_t)kind + 1);

	hash = XXH3_64bits_withSeed(key, strlen(key), hash);
	hash = XXH3_64bits_withSeed(&size, sizeof(size), hash);
	return hash > 1 ? hash : hash + 2; /* 0 is none, 1 is the root */
}

/* --- Doubles --- */

static int by_identity(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->entry.id, y->entry.id);

	if (order == 0 && x->entry.kind == ENTRY_PART)
		order = strcmp(x->entry.key, y->entry.key);
	return order ? order : (x->order < y->order) - (x->order > y->order);
}

static bool same_thing(const struct item *a, const struct item *b)
{
	return strcmp(a->entry.id, b->entry.id) == 0 &&
	       (a->entry.kind != ENTRY_PART ||
		strcmp(a->entry.key, b->entry.key) == 0);
}

/* Of those that came more than once, the last stays. */
static void drop_doubles(struct builder *b)
{
	size_t kept = 0;

	if (b->count == 0)
		return;
	qsort(b->items, b->count, sizeof(*b->items), by_identity);
	for (size_t i = 1; i < b->count; i++)
		if (!same_thing(&b->items[kept], &b->items[i]))
			b->items[++kept] = b->items[i];
	b->count = kept + 1;
}

/* --- One directory --- */

struct level {
	struct item *items;
	size_t count;
};

static bool taken(void *data, const char *name, const char *id)
{
	const struct builder_options *options = data;
	const char *owner;

	if (options->kind == ENTRY_BATCH)
		return strcmp(name, LATEST_NAME) == 0;
	if (options->kind != ENTRY_DATASET)
		return false;
	owner = ledger_id(options->ledger, name);
	/* A name of an ID's shape would hide the dataset of that ID. */
	return strcmp(name, CONTROL_NAME) == 0 ||
	       (name_is_id(name) && strcmp(name, id) != 0) ||
	       (owner && strcmp(owner, id) != 0);
}

/* The ID that tells an item from its namesakes. */
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

static int name_items(struct level *level, struct arena *arena,
		      const struct builder_options *options)
{
	struct naming *namings = calloc(level->count, sizeof(*namings));
	int err = 0;

	if (!namings)
		return level->count ? -ENOMEM : 0;
	for (size_t i = 0; i < level->count && !err; i++) {
		struct item *item = &level->items[i];
		const char *given = NULL;
		struct buffer plain;

		namings[i].original = item->original;
		namings[i].id = marking_id(item);
		if (options->kind == ENTRY_DATASET)
			given = ledger_name(options->ledger, item->entry.id);
		if (given) {
			namings[i].name = strdup(given);
		} else if (item->entry.kind == ENTRY_SUBDIRECTORY) {
			/* It has no ID to be told by: it keeps its name, and
			   a part that is called the same gives way. */
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
		err = names_assign(namings, level->count, taken,
				   (void *)(uintptr_t)options);
	for (size_t i = 0; i < level->count; i++) {
		struct entry *entry = &level->items[i].entry;

		if (!err)
			entry->name = arena_text(arena, namings[i].name);
		if (!err && !entry->name)
			err = -ENOMEM;
		if (!err && options->kind == ENTRY_DATASET &&
		    !ledger_name(options->ledger, entry->id))
			err = ledger_add(options->ledger, entry->id,
					 entry->name);
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
	if (!s->entries || !s->owner.dataset_id || !s->owner.batch_id) {
		snapshot_unref(s);
		return -ENOMEM;
	}
	*ret_snapshot = s;
	return 0;
}

/* A link to `target`; its name and the target's must last. */
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
		.ino = ino_of(ENTRY_LINK, dataset_id, name, 0),
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

static int finish_level(struct level *level, struct arena *arena,
			const struct builder_options *options,
			struct snapshot **ret_snapshot)
{
	struct snapshot *s;
	int err = name_items(level, arena, options);

	if (err)
		return err;
	err = make_snapshot(level->count + 1, &options->owner, arena, &s);
	if (err)
		return err;
	for (size_t i = 0; i < level->count; i++)
		s->entries[i] = level->items[i].entry;
	s->count = level->count;
	if (options->show_latest)
		add_latest(s);
	qsort(s->entries, s->count, sizeof(struct entry), by_name);
	if (options->kind != ENTRY_PART && index_ids(s)) {
		s->count = 0; /* the children are still the items' */
		snapshot_unref(s);
		return -ENOMEM;
	}
	*ret_snapshot = s;
	return 0;
}

/* --- The tree of a batch --- */

/* A path that can be split: no empty component, not too deep. */
static bool is_regular(const char *path)
{
	size_t depth = 1;

	if (*path == '/' || !*path)
		return false;
	for (; *path; path++)
		if (*path == '/') {
			depth++;
			if (path[1] == '/' || path[1] == '\0')
				return false;
		}
	return depth <= MAX_DEPTH;
}

/* Bytes of the first component of `rest`, with its slash if it has one. */
static size_t component_length(const struct item *item, size_t prefix)
{
	const char *rest = item->entry.key + prefix;
	const char *slash = strchr(rest, '/');

	return slash && is_regular(item->entry.key) ? (size_t)(slash - rest) + 1
						    : strlen(rest);
}

static bool in_same_directory(const struct item *a, const struct item *b,
			      size_t prefix, size_t length)
{
	return is_regular(b->entry.key) &&
	       strncmp(a->entry.key + prefix, b->entry.key + prefix, length) ==
		       0;
}

/* The irregular ones apart, lest they stand between those of one directory. */
static int by_path(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = is_regular(x->entry.key) - is_regular(y->entry.key);

	if (order == 0)
		order = strcmp(x->entry.key, y->entry.key);

	return order ? order : strcmp(x->entry.id, y->entry.id);
}

static int build_tree(struct item *items, size_t count, size_t prefix,
		      struct arena *arena,
		      const struct builder_options *options,
		      struct snapshot **ret_snapshot);

/* The directory that items[0 .. count) are in, as an item. */
static int make_subdirectory(struct item *items, size_t count, size_t prefix,
			     size_t length, struct arena *arena,
			     const struct builder_options *options,
			     struct item *ret_item)
{
	const struct entry *first = &items[0].entry;
	char *component = arena_take(arena, length);
	char *path = arena_take(arena, prefix + length);
	const char *id = arena_text(arena, options->owner.batch_id);
	struct snapshot *children;
	int err;

	if (!component || !path || !id)
		return -ENOMEM;
	err = build_tree(items, count, prefix + length, arena, options,
			 &children);
	if (err)
		return err;
	memcpy(component, first->key + prefix, length - 1);
	memcpy(path, first->key, prefix + length - 1);
	*ret_item = (struct item){
		.original = component,
		.entry = {.kind = ENTRY_SUBDIRECTORY,
			  .id = id,
			  .key = path,
			  .alternate_id = "",
			  .status = "",
			  .children = children,
			  .ino = ino_of(ENTRY_SUBDIRECTORY, id, path, 0),
			  .modified_ms = first->modified_ms,
			  .created_ms = first->created_ms,
			  .record_count = -1},
	};
	return 0;
}

static void drop_children(struct level *level)
{
	for (size_t i = 0; i < level->count; i++)
		snapshot_unref(level->items[i].entry.children);
}

/* `items` are sorted by path and share their first `prefix` bytes. */
static int build_tree(struct item *items, size_t count, size_t prefix,
		      struct arena *arena,
		      const struct builder_options *options,
		      struct snapshot **ret_snapshot)
{
	struct level level = {calloc(count ? count : 1, sizeof(struct item)),
			      0};
	int err = level.items ? 0 : -ENOMEM;

	for (size_t i = 0, end; i < count && !err; i = end) {
		size_t length = component_length(&items[i], prefix);
		const char *rest = items[i].entry.key + prefix;

		end = i + 1;
		if (length == 0 || rest[length - 1] != '/' ||
		    !is_regular(items[i].entry.key)) {
			level.items[level.count] = items[i];
			level.items[level.count++].original = rest;
			continue;
		}
		while (end < count && in_same_directory(&items[i], &items[end],
							prefix, length))
			end++;
		err = make_subdirectory(&items[i], end - i, prefix, length,
					arena, options,
					&level.items[level.count]);
		if (!err)
			level.count++;
	}
	if (!err)
		err = finish_level(&level, arena, options, ret_snapshot);
	if (err && level.items)
		drop_children(&level);
	free(level.items);
	return err;
}

static int finish_parts(struct builder *b,
			const struct builder_options *options,
			struct snapshot **ret_snapshot)
{
	for (size_t i = 0; i < b->count; i++) {
		struct entry *entry = &b->items[i].entry;

		entry->ino =
			ino_of(ENTRY_PART, entry->id, entry->key, entry->size);
		if (!entry->modified_ms)
			entry->modified_ms = options->default_modified_ms;
	}
	if (b->count)
		qsort(b->items, b->count, sizeof(*b->items), by_path);
	return build_tree(b->items, b->count, 0, b->arena, options,
			  ret_snapshot);
}

static int finish_flat(struct builder *b, const struct builder_options *options,
		       struct snapshot **ret_snapshot)
{
	struct level level = {b->items, b->count};

	for (size_t i = 0; i < b->count; i++) {
		struct item *item = &b->items[i];

		if (options->kind == ENTRY_BATCH)
			item->original = item->entry.id;
		else
			item->entry.key = item->original;
		item->entry.ino = ino_of(options->kind, item->entry.id,
					 options->owner.dataset_id, 0);
	}
	return finish_level(&level, b->arena, options, ret_snapshot);
}

int builder_finish(struct builder *b, const struct builder_options *options,
		   struct snapshot **ret_snapshot)
{
	struct arena *fresh = arena_create();
	int err;

	if (!fresh)
		return -ENOMEM;
	for (size_t i = 0; i < b->count; i++)
		b->items[i].entry.kind = options->kind;
	drop_doubles(b);
	err = options->kind == ENTRY_PART
		      ? finish_parts(b, options, ret_snapshot)
		      : finish_flat(b, options, ret_snapshot);
	if (err) {
		arena_unref(fresh);
		return err;
	}
	arena_unref(b->arena); /* the snapshot has its own reference */
	b->arena = fresh;
	b->count = 0;
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
