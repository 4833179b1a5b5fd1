/* Name queries: see name_query.h. */

#include "name_query.h"

#include "builder.h"
#include "caifs/clock.h"
#include "namespace_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The ceiling of one directory. */
enum { MAX_QUERIES = 4096 };

static struct name_query *find(const struct node *node, const char *name)
{
	struct name_query *query;

	HASH_FIND(hh, node->directory.name_queries, name, strlen(name), query);
	return query;
}

static void forget(struct name_query **name_queries, struct name_query *query)
{
	HASH_DEL(*name_queries, query);
	snapshot_unref(query->snapshot);
	free(query->name);
	free(query);
}

/* At the ceiling: frees the expired ones, or the oldest if none has expired. */
static void make_room(struct name_query **name_queries, int64_t now_ms)
{
	struct name_query *query, *next, *oldest = NULL;

	if (HASH_COUNT(*name_queries) < MAX_QUERIES)
		return;
	HASH_ITER (hh, *name_queries, query, next) {
		if (query->requested)
			continue;
		if (now_ms >= query->until_ms)
			forget(name_queries, query);
		else if (!oldest) /* uthash iterates in order of insertion */
			oldest = query;
	}
	if (oldest && HASH_COUNT(*name_queries) >= MAX_QUERIES)
		forget(name_queries, oldest);
}

struct name_query *name_query_find_or_add(struct node *node, const char *name)
{
	struct name_query **name_queries = &node->directory.name_queries;
	struct name_query *query = find(node, name);

	if (query)
		return query;
	make_room(name_queries, clock_now_ms());
	query = calloc(1, sizeof(*query));
	if (!query)
		return NULL;
	query->name = strdup(name);
	if (query->name)
		HASH_ADD_KEYPTR(hh, *name_queries, query->name, strlen(name),
				query);
	if (!query->name || !query->hh.tbl) {
		free(query->name);
		free(query);
		return NULL;
	}
	return query;
}

struct name_query *name_query_find(const struct node *node, const char *name,
				   int64_t now_ms)
{
	struct name_query *query = find(node, name);

	return query && !query->requested && now_ms < query->until_ms ? query
								      : NULL;
}

/* Owns `snapshot` from here on. */
static void set_answer(struct namespace *ns, struct name_query *query,
		       struct snapshot *snapshot, int error)
{
	bool failed = error && error != -ENOENT;

	snapshot_unref(query->snapshot);
	query->snapshot = snapshot;
	query->error = error;
	query->until_ms = clock_now_ms() +
			  (failed ? NAMESPACE_FAILURE_MS : ns->config.ttl_ms);
}

void name_query_answer(struct namespace *ns, struct node *node,
		       const char *name, struct snapshot *found, int error,
		       struct waiter **woken)
{
	struct name_query *query = find(node, name);
	const struct entry *target = found ? &found->entries[0] : NULL;

	waiter_take_all(&query->waiters, woken);
	if (target && strcmp(target->name, name) != 0) {
		/* What `name` refers to has another name: record it under
		   that one, and a link to it under `name`. `query` is still
		   marked as requested, so that making room for the other
		   does not free it. */
		struct name_query *real =
			name_query_find_or_add(node, target->name);
		struct snapshot *link = NULL;

		error = snapshot_of_link(name, target, &found->owner, &link);
		if (real && !real->requested)
			set_answer(ns, real, found, 0);
		else
			snapshot_unref(found);
		found = link;
	}
	query->requested = false;
	set_answer(ns, query, found, error);
}

void name_queries_finish(struct name_query **name_queries)
{
	struct name_query *query, *next;

	HASH_ITER (hh, *name_queries, query, next)
		forget(name_queries, query);
}
