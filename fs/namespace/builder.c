/* From records to a snapshot: see builder.h. */

#include "builder.h"

#include "level.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char vendor_client[] = "acp_foundation_push";

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

/* --- Ends --- */

static int finish_parts(struct builder *b,
			const struct builder_options *options,
			struct snapshot **ret_snapshot)
{
	for (size_t i = 0; i < b->count; i++) {
		struct entry *entry = &b->items[i].entry;

		entry->ino = level_ino(ENTRY_PART, entry->id, entry->key,
				       entry->size);
		if (!entry->modified_ms)
			entry->modified_ms = options->default_modified_ms;
	}
	return tree_build(b->items, b->count, b->arena, options, ret_snapshot);
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
		item->entry.ino = level_ino(options->kind, item->entry.id,
					    options->owner.dataset_id, 0);
	}
	return level_finish(&level, b->arena, options, ret_snapshot);
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
