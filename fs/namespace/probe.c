/* Questions about single names: see probe.h. */

#include "probe.h"

#include "builder.h"
#include "caifs/clock.h"
#include "namespace_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Answers remembered for one directory. */
enum { MAX_PROBES = 4096 };

static struct probe *find(const struct node *node, const char *name)
{
	struct probe *probe;

	HASH_FIND(hh, node->directory.probes, name, strlen(name), probe);
	return probe;
}

static void forget(struct probe **probes, struct probe *probe)
{
	HASH_DEL(*probes, probe);
	snapshot_unref(probe->snapshot);
	free(probe->name);
	free(probe);
}

/* Room for one more: what no longer holds goes, else the oldest answer. */
static void make_room(struct probe **probes, int64_t now_ms)
{
	struct probe *probe, *next, *oldest = NULL;

	if (HASH_COUNT(*probes) < MAX_PROBES)
		return;
	HASH_ITER (hh, *probes, probe, next) {
		if (probe->asking)
			continue;
		if (now_ms >= probe->until_ms)
			forget(probes, probe);
		else if (!oldest) /* uthash iterates in order of insertion */
			oldest = probe;
	}
	if (oldest && HASH_COUNT(*probes) >= MAX_PROBES)
		forget(probes, oldest);
}

struct probe *probe_find_or_add(struct node *node, const char *name)
{
	struct probe **probes = &node->directory.probes;
	struct probe *probe = find(node, name);

	if (probe)
		return probe;
	make_room(probes, clock_now_ms());
	probe = calloc(1, sizeof(*probe));
	if (!probe)
		return NULL;
	probe->name = strdup(name);
	if (probe->name)
		HASH_ADD_KEYPTR(hh, *probes, probe->name, strlen(name), probe);
	if (!probe->name || !probe->hh.tbl) {
		free(probe->name);
		free(probe);
		return NULL;
	}
	return probe;
}

struct probe *probe_find(const struct node *node, const char *name,
			 int64_t now_ms)
{
	struct probe *probe = find(node, name);

	return probe && !probe->asking && now_ms < probe->until_ms ? probe
								   : NULL;
}

/* Takes over `snapshot`. */
static void set_answer(struct namespace *ns, struct probe *probe,
		       struct snapshot *snapshot, int error)
{
	bool passing = error && error != -ENOENT;

	snapshot_unref(probe->snapshot);
	probe->snapshot = snapshot;
	probe->error = error;
	probe->until_ms = clock_now_ms() +
			  (passing ? NAMESPACE_FAILURE_MS : ns->config.ttl_ms);
}

void probe_answer(struct namespace *ns, struct node *node, const char *name,
		  struct snapshot *found, int error, struct waiter **woken)
{
	struct probe *probe = find(node, name);
	const struct entry *target = found ? &found->entries[0] : NULL;

	waiter_take_all(&probe->waiters, woken);
	if (target && strcmp(target->name, name) != 0) {
		/* It answers to `name`, and is called something else: one
		   is a link to the other, and both are known now. While this
		   one is asking, room for the other is not made of it. */
		struct probe *real = probe_find_or_add(node, target->name);
		struct snapshot *link = NULL;

		error = snapshot_of_link(name, target, &found->owner, &link);
		if (real && !real->asking)
			set_answer(ns, real, found, 0);
		else
			snapshot_unref(found);
		found = link;
	}
	probe->asking = false;
	set_answer(ns, probe, found, error);
}

void probes_finish(struct probe **probes)
{
	struct probe *probe, *next;

	HASH_ITER (hh, *probes, probe, next)
		forget(probes, probe);
}
