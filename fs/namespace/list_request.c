/* List requests: see list_request.h. */

#include "list_request.h"

#include "builder.h"
#include "caifs/clock.h"
#include "caifs/log.h"
#include "name_query.h"
#include "namespace_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct list_request {
	struct list_request *next; /* in the namespace's queue */
	struct namespace *ns;
	struct node *node; /* pinned */
	/* The node's entry when this was queued; the node may have taken that
	   of a newer listing since. NULL: root. */
	struct snapshot *origin;
	const struct entry *entry;
	char *name, *id; /* of the name query; NULL: the whole directory */
	struct builder *builder;
	struct source_call *call;
};

static void free_request(struct list_request *request)
{
	snapshot_unref(request->origin);
	builder_destroy(request->builder);
	free(request->name);
	free(request->id);
	free(request);
}

int list_request_queue(struct namespace *ns, struct node *node,
		       const char *name, const char *id)
{
	struct list_request *request = calloc(1, sizeof(*request));

	if (!request)
		return -ENOMEM;
	request->ns = ns;
	request->node = node;
	if (node->snapshot)
		request->origin = snapshot_ref(node->snapshot);
	request->entry = node->entry;
	request->builder = builder_create();
	if (name) {
		request->name = strdup(name);
		request->id = strdup(id);
	}
	if (!request->builder || (name && (!request->name || !request->id))) {
		free_request(request);
		return -ENOMEM;
	}
	node->pins++;
	request->next = ns->queued;
	ns->queued = request;
	return 0;
}

static struct builder_options options_for(const struct list_request *request)
{
	const struct entry *entry = request->entry;
	const struct snapshot_owner *owner =
		request->origin ? &request->origin->owner : NULL;
	struct builder_options options = {
		.kind = kind_of_children(request->entry),
		.owner = {.dataset_id = "",
			  .batch_id = "",
			  .directory = request->node->ino},
	};

	switch (options.kind) {
	case ENTRY_DATASET:
		options.assigned_names = request->ns->assigned_names;
		break;
	case ENTRY_BATCH:
		options.owner.dataset_id = entry->id;
		options.show_latest =
			request->ns->config.show_latest && !request->name;
		break;
	default:
		options.owner.dataset_id = owner->dataset_id;
		options.owner.batch_id = entry->id;
		options.default_modified_ms = entry->modified_ms;
	}
	return options;
}

/* Gives the nodes of what is still listed their entries in the new snapshot, so
   that the old one can be freed. */
static void update_nodes(struct namespace *ns, struct snapshot *snapshot)
{
	struct node *node;

	for (size_t i = 0; i < snapshot->count; i++)
		if (node_find(&ns->nodes,
			      node_number(&ns->nodes, &snapshot->entries[i])))
			node_get(&ns->nodes, snapshot, &snapshot->entries[i],
				 &node);
}

static void complete_directory(struct list_request *request,
			       struct snapshot *snapshot, int err)
{
	struct namespace *ns = request->ns;
	struct directory *directory = &request->node->directory;
	int64_t now_ms = clock_now_ms();

	directory->requested = false;
	if (snapshot) {
		snapshot_unref(directory->snapshot);
		directory->snapshot = snapshot;
		/* A batch's parts do not change. */
		directory->fresh_until_ms =
			kind_of_children(request->entry) == ENTRY_PART
				? INT64_MAX
				: now_ms + ns->config.ttl_ms;
		update_nodes(ns, snapshot);
	} else if (directory->snapshot) {
		directory->fresh_until_ms = now_ms + NAMESPACE_FAILURE_MS;
	} else {
		directory->error = err;
		directory->error_until_ms = now_ms + NAMESPACE_FAILURE_MS;
	}
}

static void report(const struct list_request *request, int err, bool old_stays)
{
	char where[512];

	if (err == 0 || (err == -ENOENT && request->name))
		return;
	entry_describe(request->origin, request->entry, where, sizeof(where));
	log_warning("op=list dir=%s%s%s errno=%s%s", where,
		    request->name ? " name=" : "",
		    request->name ? request->name : "", strerrorname_np(-err),
		    old_stays ? ": the old listing is used" : "");
}

static void done(void *data, int err)
{
	struct list_request *request = data;
	struct namespace *ns = request->ns;
	struct builder_options options = options_for(request);
	struct snapshot *snapshot = NULL;
	struct waiter *woken = NULL;
	bool old_stays;

	/* Only the root's names depend on the assigned ones: they need the
	   lock. */
	if (!err && options.kind != ENTRY_DATASET)
		err = builder_finish(request->builder, &options, &snapshot);
	pthread_mutex_lock(&ns->lock);
	old_stays = request->node->directory.snapshot != NULL;
	if (!err && options.kind == ENTRY_DATASET)
		err = builder_finish(request->builder, &options, &snapshot);
	if (!request->name) {
		complete_directory(request, snapshot, err);
		waiter_take_all(&request->node->directory.waiters, &woken);
	} else {
		if (snapshot && snapshot->count == 0) {
			snapshot = snapshot_unref(snapshot);
			err = -ENOENT;
		}
		name_query_answer(ns, request->node, request->name, snapshot,
				  err, &woken);
	}
	request->node->pins--;
	node_release_if_unused(&ns->nodes, request->node);
	pthread_mutex_unlock(&ns->lock);

	report(request, err, old_stays);
	source_unref(ns->config.source, request->call);
	free_request(request);
	waiter_wake_all(woken);
}

static int page(void *data, const struct source_record *records, size_t count)
{
	struct list_request *request = data;
	char where[512];
	int err = builder_add(request->builder, records, count);

	if (err != -EFBIG)
		return err;
	entry_describe(request->origin, request->entry, where, sizeof(where));
	log_warning("op=list dir=%s: over %d entries or %d MiB", where,
		    BUILDER_MAX_RECORDS, BUILDER_MAX_BYTES >> 20);
	return -EIO;
}

static void restart(void *data)
{
	struct list_request *request = data;

	builder_clear(request->builder);
}

static struct source_query query_for(const struct list_request *request)
{
	struct source_query query = {0};

	switch (kind_of_children(request->entry)) {
	case ENTRY_DATASET:
		query.kind = request->name ? SOURCE_DATASET : SOURCE_DATASETS;
		query.dataset_id = request->id;
		break;
	case ENTRY_BATCH:
		query.kind = SOURCE_BATCHES;
		query.dataset_id = request->entry->id;
		if (request->name)
			query.kind = strcmp(request->name, LATEST_NAME) == 0
					     ? SOURCE_LATEST
					     : SOURCE_BATCH;
		query.name = request->id;
		break;
	default:
		query.kind = SOURCE_PARTS;
		query.batch_id = request->entry->id;
		query.batch_key = request->entry->key;
		query.batch_alternate_id = request->entry->alternate_id;
	}
	return query;
}

static void start(struct list_request *queue)
{
	struct list_request *request;

	while ((request = queue)) {
		struct source_query query = query_for(request);
		struct source_listing listing = {
			.data = request,
			.page = page,
			.restart = restart,
			.done = done,
		};
		int err;

		queue = request->next;
		err = source_list(request->ns->config.source, &query, &listing,
				  &request->call);
		if (err)
			done(request, err);
	}
}

void namespace_drop_attachments(struct namespace_attachment *list)
{
	struct namespace_attachment *next;

	for (; list; list = next) {
		next = list->next;
		list->drop(list);
	}
}

void namespace_enter(struct namespace *ns)
{
	pthread_mutex_lock(&ns->lock);
}

void namespace_leave(struct namespace *ns)
{
	struct namespace_attachment *detached = ns->nodes.detached;
	struct list_request *queued = ns->queued;

	ns->nodes.detached = NULL;
	ns->queued = NULL;
	pthread_mutex_unlock(&ns->lock);
	namespace_drop_attachments(detached);
	start(queued);
}
