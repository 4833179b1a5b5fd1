#ifndef CAIFS_FAKE_WORLD_H
#define CAIFS_FAKE_WORLD_H

/* What a fake source has to list. Its strings live as long as it does, so that
   records may be copied. Guarded by the fake's lock. */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/source.h"

enum world_kind { WORLD_DATASET, WORLD_BATCH, WORLD_PART };

struct world_item {
	enum world_kind kind;
	const char *parent; /* dataset of a batch, batch of a part */
	struct source_record record;
	bool hidden, removed;
};

struct world {
	struct world_item *items;
	size_t count;
	char **strings;
	size_t string_count;
};

void world_finish(struct world *world);

/* A copy that lives as long as the world; "" for NULL. */
const char *world_text(struct world *world, const char *text);

/* Strings of `item` are copied. */
void world_add(struct world *world, const struct world_item *item);

struct world_item *world_find(const struct world *world, const char *id);

/* What a query is answered with, to be freed; 0 or -ENOENT. */
int world_answer(const struct world *world, const struct source_query *query,
		 struct source_record **ret_records, size_t *ret_count);

#endif
