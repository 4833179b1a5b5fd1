#ifndef CAIFS_FAKE_WORLD_H
#define CAIFS_FAKE_WORLD_H

/* What a fake source lists. Strings live as long as the world, so records may
   be copied. Guarded by the fake source's lock. */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/source.h"

enum world_kind { WORLD_DATASET, WORLD_BATCH, WORLD_PART };

struct world_item {
	enum world_kind kind;
	const char *parent; /* dataset of a batch, batch of a part; else "" */
	struct source_record record;
	bool hidden;  /* dataset: found by id, not listed */
	bool removed; /* no query returns it */
};

struct world {
	struct world_item *items;
	size_t count;
	char **strings;
	size_t string_count;
};

void world_finish(struct world *world);

/* A copy that lives as long as the world. NULL: "". */
const char *world_text(struct world *world, const char *text);

/* Copies `item` and its strings. */
void world_add(struct world *world, const struct world_item *item);

/* Borrowed. NULL: there is none. */
struct world_item *world_find(const struct world *world, const char *id);

/* The records for `query`; the caller frees the array. 0 or -ENOENT. */
int world_answer(const struct world *world, const struct source_query *query,
		 struct source_record **ret_records, size_t *ret_count);

#endif
