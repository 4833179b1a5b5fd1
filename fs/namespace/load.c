/* Listings under way: see load.h. */

#include "load.h"

#include "builder.h"
#include "caifs/clock.h"
#include "caifs/log.h"
#include "name_query.h"
#include "namespace_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct load {
	struct load *next; /* in the namespace's queue */
	struct namespace *ns;
	struct node *node; /* pinned */
	/* What the node's entry was when the load was queued (the node may
	   have moved on to another listing since); NULL: root. */
	struct snapshot *origin;
	const struct entry *entry;
	char *name, *id; /* of the name query; NULL: the whole directory */
	struct builder *builder;
	struct source_call *call;
};

static void free_load(struct load *load)
{
	snapshot_unref(load->origin);
	builder_destroy(load->builder);
	free(load->name);
	free(load->id);
	free(load);
}

int load_queue(struct namespace *ns, struct node *node, const char *name,
	       const char *id)
{
	struct load *load = calloc(1, sizeof(*load));

	if (!load)
		return -ENOMEM;
	load->ns = ns;
	load->node = node;
	if (node->snapshot)
		load->origin = snapshot_ref(node->snapshot);
	load->entry = node->entry;
	load->builder = builder_create();
	if (name) {
		load->name = strdup(name);
		load->id = strdup(id);
	}
	if (!load->builder || (name && (!load->name || !load->id))) {
		free_load(load);
		return -ENOMEM;
	}
	node->pins++;
	load->next = ns->queued;
	ns->queued = load;
	return 0;
}

static struct builder_options options_for(const struct load *load)
{
	const struct entry *entry = load->entry;
	const struct snapshot_owner *owner =
		load->origin ? &load->origin->owner : NULL;
	struct builder_options options = {
		.kind = kind_of_children(load->entry),
		.owner = {.dataset_id = "",
			  .batch_id = "",
			  .directory = load->node->ino},
	};

	switch (options.kind) {
	case ENTRY_DATASET:
		options.assigned_names = load->ns->assigned_names;
		break;
	case ENTRY_BATCH:
		options.owner.dataset_id = entry->id;
		options.show_latest =
			load->ns->config.show_latest && !load->name;
		break;
	default:
		options.owner.dataset_id = owner->dataset_id;
		options.owner.batch_id = entry->id;
		options.default_modified_ms = entry->modified_ms;
	}
	return options;
}

/* Nodes of what is still there move on to the new listing, so that the old one
   can go. */
static void move_nodes(struct namespace *ns, struct snapshot *snapshot)
{
	struct node *node;

	for (size_t i = 0; i < snapshot->count; i++)
		if (node_find(&ns->nodes, snapshot->entries[i].ino))
			node_get(&ns->nodes, snapshot, &snapshot->entries[i],
				 &node);
}

static void settle_directory(struct load *load, struct snapshot *snapshot,
			     int err)
{
	struct namespace *ns = load->ns;
	struct directory *directory = &load->node->directory;
	int64_t now_ms = clock_now_ms();

	directory->loading = false;
	if (snapshot) {
		snapshot_unref(directory->snapshot);
		directory->snapshot = snapshot;
		/* A batch's parts do not change. */
		directory->fresh_until_ms =
			kind_of_children(load->entry) == ENTRY_PART
				? INT64_MAX
				: now_ms + ns->config.ttl_ms;
		move_nodes(ns, snapshot);
	} else if (directory->snapshot) {
		directory->fresh_until_ms = now_ms + NAMESPACE_FAILURE_MS;
	} else {
		directory->error = err;
		directory->error_until_ms = now_ms + NAMESPACE_FAILURE_MS;
	}
}

static void report(const struct load *load, int err, bool old_stays)
{
	char where[512];

	if (err == 0 || (err == -ENOENT && load->name))
		return;
	entry_describe(load->origin, load->entry, where, sizeof(where));
	log_warning("op=list dir=%s%s%s errno=%s%s", where,
		    load->name ? " name=" : "", load->name ? load->name : "",
		    strerrorname_np(-err),
		    old_stays ? ": the old listing is used" : "");
}

static void done(void *data, int err)
{
	struct load *load = data;
	struct namespace *ns = load->ns;
	struct builder_options options = options_for(load);
	struct snapshot *snapshot = NULL;
	struct waiter *woken = NULL;

	bool old_stays;

	/* Only the root's names depend on those given before. */
	if (!err && options.kind != ENTRY_DATASET)
		err = builder_finish(load->builder, &options, &snapshot);
	pthread_mutex_lock(&ns->lock);
	old_stays = load->node->directory.snapshot != NULL;
	if (!err && options.kind == ENTRY_DATASET)
		err = builder_finish(load->builder, &options, &snapshot);
	if (!load->name) {
		settle_directory(load, snapshot, err);
		waiter_take_all(&load->node->directory.waiters, &woken);
	} else {
		if (snapshot && snapshot->count == 0) {
			snapshot = snapshot_unref(snapshot);
			err = -ENOENT;
		}
		name_query_answer(ns, load->node, load->name, snapshot, err,
				  &woken);
	}
	load->node->pins--;
	node_settle(&ns->nodes, load->node);
	pthread_mutex_unlock(&ns->lock);

	report(load, err, old_stays);
	source_release(ns->config.source, load->call);
	free_load(load);
	waiter_wake_all(woken);
}

static int page(void *data, const struct source_record *records, size_t count)
{
	struct load *load = data;
	char where[512];
	int err = builder_add(load->builder, records, count);

	if (err != -EFBIG)
		return err;
	entry_describe(load->origin, load->entry, where, sizeof(where));
	log_warning("op=list dir=%s: over %d entries or %d MiB", where,
		    BUILDER_MAX_RECORDS, BUILDER_MAX_BYTES >> 20);
	return -EIO;
}

static void restart(void *data)
{
	struct load *load = data;

	builder_clear(load->builder);
}

static struct source_query query_for(const struct load *load)
{
	struct source_query query = {0};

	switch (kind_of_children(load->entry)) {
	case ENTRY_DATASET:
		query.kind = load->name ? SOURCE_DATASET : SOURCE_DATASETS;
		query.dataset_id = load->id;
		break;
	case ENTRY_BATCH:
		query.kind = SOURCE_BATCHES;
		query.dataset_id = load->entry->id;
		if (load->name)
			query.kind = strcmp(load->name, LATEST_NAME) == 0
					     ? SOURCE_LATEST
					     : SOURCE_BATCH;
		query.name = load->id;
		break;
	default:
		query.kind = SOURCE_PARTS;
		query.batch_id = load->entry->id;
		query.batch_key = load->entry->key;
		query.batch_alternate_id = load->entry->alternate_id;
	}
	return query;
}

static void start(struct load *queue)
{
	struct load *load;

	while ((load = queue)) {
		struct source_query query = query_for(load);
		struct source_listing listing = {
			.data = load,
			.page = page,
			.restart = restart,
			.done = done,
		};
		int err;

		queue = load->next;
		err = source_list(load->ns->config.source, &query, &listing,
				  &load->call);
		if (err)
			done(load, err);
	}
}

void namespace_enter(struct namespace *ns)
{
	pthread_mutex_lock(&ns->lock);
}

void namespace_leave(struct namespace *ns)
{
	struct load *queued = ns->queued;

	ns->queued = NULL;
	pthread_mutex_unlock(&ns->lock);
	start(queued);
}
