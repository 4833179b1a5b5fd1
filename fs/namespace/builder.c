/* Making snapshots of records: see builder.h. */

#include "builder.h"

#include "caifs/array.h"
#include "directory_builder.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char vendor_client[] = "acp_foundation_push";

/* The id of a replaced batch; creation and place of the batch that replaces. */
struct replaced {
	const char *id;
	int64_t created_ms;
	size_t order;
};

struct builder {
	struct arena *arena;
	struct item *items;
	size_t count, room;
	struct replaced *replaced;
	size_t replaced_count, replaced_room;
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
	free(b->replaced);
	free(b);
	return NULL;
}

void builder_clear(struct builder *b)
{
	struct arena *fresh = arena_create();

	b->count = b->replaced_count = 0;
	if (!fresh)
		return; /* the old strings stay until builder_finish() */
	arena_unref(b->arena);
	b->arena = fresh;
}

static bool is_full(const struct builder *b)
{
	size_t bytes = arena_size(b->arena) + b->count * sizeof(*b->items) +
		       b->replaced_count * sizeof(*b->replaced);

	return b->count >= BUILDER_MAX_RECORDS || bytes >= BUILDER_MAX_BYTES;
}

static int add_one_replaced(struct builder *b, const char *id,
			    const struct item *by)
{
	const char *own = arena_text(b->arena, id);

	if (!own || !array_grow((void **)&b->replaced, &b->replaced_room,
				b->replaced_count, sizeof(*b->replaced)))
		return -ENOMEM;
	b->replaced[b->replaced_count++] = (struct replaced){
		.id = own,
		.created_ms = by->entry.created_ms,
		.order = by->order,
	};
	return is_full(b) ? -EFBIG : 0;
}

static int add_replaced(struct builder *b, const char *ids,
			const struct item *by)
{
	char *text, *rest, *id;
	int err = 0;

	if (!*ids)
		return 0;
	text = rest = strdup(ids);
	if (!text)
		return -ENOMEM;
	while (!err && (id = strsep(&rest, "\n")))
		err = add_one_replaced(b, id, by);
	free(text);
	return err;
}

int builder_add(struct builder *b, const struct source_record *records,
		size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct source_record *r = &records[i];
		const char *id, *status; /* repeated ones are stored once */
		struct item *item;
		int err;

		if (is_full(b))
			return -EFBIG;
		if (!array_grow((void **)&b->items, &b->room, b->count,
				sizeof(*b->items)))
			return -ENOMEM;
		item = &b->items[b->count];
		status = b->count ? item[-1].entry.status : "";
		id = arena_text(b->arena, r->id);
		*item = (struct item){
			.original = arena_text(b->arena, r->name),
			.order = b->count,
			.entry = {.id = id,
				  .key = arena_text_or(b->arena, r->key, id),
				  .alternate_id =
					  arena_text(b->arena, r->alternate_id),
				  .status = arena_text_or(b->arena, r->status,
							  status),
				  .size = r->size,
				  .modified_ms = r->modified_ms,
				  .created_ms = r->created_ms,
				  .record_count = r->record_count,
				  .by_vendor = strcmp(r->client,
						      vendor_client) == 0},
		};
		if (!item->original || !id || !item->entry.key ||
		    !item->entry.alternate_id || !item->entry.status)
			return -ENOMEM;
		err = add_replaced(b, r->replaces, item);
		if (err)
			return err;
		b->count++;
	}
	return 0;
}

/* --- Duplicates --- */

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

/* Keeps the last record of each thing. */
static void drop_duplicates(struct builder *b)
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

/* --- Batches replaced --- */

/* > 0: `a` is later than `b`; < 0: earlier. */
static int later(int64_t a_ms, size_t a_order, int64_t b_ms, size_t b_order)
{
	int order = (a_ms > b_ms) - (a_ms < b_ms);

	return order ? order : (a_order > b_order) - (a_order < b_order);
}

/* By id; of one id the latest first. */
static int by_replaced_id(const void *a, const void *b)
{
	const struct replaced *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order
		     : -later(x->created_ms, x->order, y->created_ms, y->order);
}

/* Only a later batch replaces one: else batches that replace each other would
   all be dropped. */
static bool is_replaced(const struct builder *b, const struct item *item,
			const char *id)
{
	size_t low = 0, high = b->replaced_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(b->replaced[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return *id && low < b->replaced_count &&
	       strcmp(b->replaced[low].id, id) == 0 &&
	       later(b->replaced[low].created_ms, b->replaced[low].order,
		     item->entry.created_ms, item->order) > 0;
}

static void drop_replaced(struct builder *b)
{
	size_t kept = 0;

	if (b->replaced_count == 0)
		return;
	qsort(b->replaced, b->replaced_count, sizeof(*b->replaced),
	      by_replaced_id);
	for (size_t i = 0; i < b->count; i++) {
		const struct item *item = &b->items[i];

		if (!is_replaced(b, item, item->entry.id) &&
		    !is_replaced(b, item, item->entry.key) &&
		    !is_replaced(b, item, item->entry.alternate_id))
			b->items[kept++] = *item;
	}
	b->count = kept;
}

/* --- Finishing --- */

static int finish_parts(struct builder *b,
			const struct builder_options *options,
			struct snapshot **ret_snapshot)
{
	for (size_t i = 0; i < b->count; i++) {
		struct entry *entry = &b->items[i].entry;

		entry->ino = inode_number(ENTRY_PART, entry->id, entry->key,
					  entry->size);
		if (!entry->modified_ms)
			entry->modified_ms = options->default_modified_ms;
	}
	return tree_build(b->items, b->count, b->arena, options, ret_snapshot);
}

static int finish_flat(struct builder *b, const struct builder_options *options,
		       struct snapshot **ret_snapshot)
{
	struct directory_builder directory = {b->items, b->count};

	for (size_t i = 0; i < b->count; i++) {
		struct item *item = &b->items[i];

		if (options->kind == ENTRY_BATCH)
			item->original = item->entry.id;
		else
			item->entry.key = item->original;
		item->entry.ino = inode_number(options->kind, item->entry.id,
					       options->owner.dataset_id, 0);
	}
	return directory_builder_finish(&directory, b->arena, options,
					ret_snapshot);
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
	drop_duplicates(b);
	drop_replaced(b);
	err = options->kind == ENTRY_PART
		      ? finish_parts(b, options, ret_snapshot)
		      : finish_flat(b, options, ret_snapshot);
	if (err) {
		arena_unref(fresh);
		return err;
	}
	arena_unref(b->arena); /* the snapshot has its own reference */
	b->arena = fresh;
	b->count = b->replaced_count = 0;
	return 0;
}
