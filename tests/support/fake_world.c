/* What there is to list: see fake_world.h. */

#include "fake_world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *grown(void *array, size_t count, size_t size)
{
	array = reallocarray(array, count + 1, size);
	if (!array)
		abort();
	return array;
}

void world_finish(struct world *world)
{
	for (size_t i = 0; i < world->string_count; i++)
		free(world->strings[i]);
	free(world->strings);
	free(world->items);
}

const char *world_text(struct world *world, const char *text)
{
	char *copy = strdup(text ? text : "");

	if (!copy)
		abort();
	world->strings = grown(world->strings, world->string_count,
			       sizeof(*world->strings));
	world->strings[world->string_count++] = copy;
	return copy;
}

void world_add(struct world *world, const struct world_item *item)
{
	struct world_item *added;
	struct source_record *r;

	world->items = grown(world->items, world->count, sizeof(*world->items));
	added = &world->items[world->count++];
	*added = *item;
	r = &added->record;
	added->parent = world_text(world, item->parent);
	r->id = world_text(world, r->id);
	r->key = world_text(world, r->key);
	r->alternate_id = world_text(world, r->alternate_id);
	r->name = world_text(world, r->name);
	r->status = world_text(world, r->status);
	r->client = world_text(world, r->client);
	r->replaces = world_text(world, r->replaces);
}

struct world_item *world_find(const struct world *world, const char *id)
{
	for (size_t i = 0; i < world->count; i++)
		if (strcmp(world->items[i].record.id, id) == 0)
			return &world->items[i];
	return NULL;
}

static bool is_called(const struct source_record *r, const char *name)
{
	return strcmp(r->id, name) == 0 || strcmp(r->key, name) == 0 ||
	       (*name && strcmp(r->alternate_id, name) == 0);
}

static bool answers(const struct world_item *item,
		    const struct source_query *query)
{
	if (item->removed)
		return false;
	switch (query->kind) {
	case SOURCE_DATASETS:
		return item->kind == WORLD_DATASET && !item->hidden;
	case SOURCE_DATASET:
		return item->kind == WORLD_DATASET &&
		       strcmp(item->record.id, query->dataset_id) == 0;
	case SOURCE_BATCHES:
	case SOURCE_LATEST:
		return item->kind == WORLD_BATCH &&
		       strcmp(item->parent, query->dataset_id) == 0;
	case SOURCE_BATCH:
		return item->kind == WORLD_BATCH &&
		       strcmp(item->parent, query->dataset_id) == 0 &&
		       is_called(&item->record, query->name);
	case SOURCE_PARTS:
		return item->kind == WORLD_PART &&
		       strcmp(item->parent, query->batch_id) == 0;
	}
	abort();
}

static bool is_newer(const struct source_record *a,
		     const struct source_record *b)
{
	bool vendor_a = strcmp(a->client, "acp_foundation_push") == 0;
	bool vendor_b = strcmp(b->client, "acp_foundation_push") == 0;

	return vendor_a != vendor_b ? vendor_a : a->created_ms > b->created_ms;
}

static bool is_there(const struct world *world, const char *id)
{
	const struct world_item *item = world_find(world, id);

	return item && !item->removed;
}

int world_answer(const struct world *world, const struct source_query *query,
		 struct source_record **ret_records, size_t *ret_count)
{
	struct source_record *records = NULL;
	size_t count = 0;

	if ((query->kind == SOURCE_BATCHES &&
	     !is_there(world, query->dataset_id)) ||
	    (query->kind == SOURCE_PARTS && !is_there(world, query->batch_id)))
		return -ENOENT;
	for (size_t i = 0; i < world->count; i++)
		if (answers(&world->items[i], query)) {
			records = grown(records, count, sizeof(*records));
			records[count++] = world->items[i].record;
		}
	if (query->kind == SOURCE_LATEST)
		for (; count > 1; count--)
			if (is_newer(&records[count - 1], &records[0]))
				records[0] = records[count - 1];
	*ret_records = records;
	*ret_count = count;
	return count || query->kind == SOURCE_DATASETS ||
			       query->kind == SOURCE_BATCHES ||
			       query->kind == SOURCE_PARTS
		       ? 0
		       : -ENOENT;
}
