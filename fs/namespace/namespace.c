/* The tree: see namespace.h. */

#include "namespace_internal.h"

#include "builder.h"
#include "caifs/clock.h"
#include "name_query.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With a smaller ttl each woken waiter could find the list stale and request it
   again, without end. */
enum { MIN_TTL_MS = 1000 };

struct namespace_listing {
	struct namespace *ns;
	struct snapshot *snapshot;
	int64_t valid_until_ms; /* of its entries */
};

bool namespace_unpark(struct namespace *ns, struct waiter *waiter)
{
	bool waited;

	namespace_enter(ns);
	waited = waiter->list != NULL;
	if (waited)
		waiter_leave(waiter);
	namespace_leave(ns);
	return waited;
}

/* --- Attributes --- */

static int64_t remaining(int64_t until_ms)
{
	int64_t left = until_ms == INT64_MAX ? NAMESPACE_FOREVER_MS
					     : until_ms - clock_now_ms();

	if (left < 0)
		return 0;
	return left < NAMESPACE_FOREVER_MS ? left : NAMESPACE_FOREVER_MS;
}

static void set_attributes(const struct entry *entry, uint64_t ino,
			   int64_t valid_until_ms,
			   struct namespace_attributes *ret)
{
	static const enum namespace_kind kinds[] = {
		[ENTRY_DATASET] = NAMESPACE_DIRECTORY,
		[ENTRY_BATCH] = NAMESPACE_DIRECTORY,
		[ENTRY_SUBDIRECTORY] = NAMESPACE_DIRECTORY,
		[ENTRY_PART] = NAMESPACE_FILE,
		[ENTRY_LINK] = NAMESPACE_LINK,
	};

	*ret = (struct namespace_attributes){
		.ino = ino,
		.kind = kinds[entry->kind],
		.size = entry->size,
		.modified_ms = entry->modified_ms,
		.valid_ms = remaining(valid_until_ms),
	};
}

/* Until when the directory's entries may be cached. */
static int64_t valid_until(const struct node *node)
{
	if (node->entry && node->entry->kind == ENTRY_SUBDIRECTORY)
		return INT64_MAX;
	return node->directory.fresh_until_ms;
}

int namespace_getattr(struct namespace *ns, uint64_t ino,
		      struct namespace_attributes *ret)
{
	struct node *node;
	int err = 0;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (!node)
		err = -ESTALE;
	else if (node == ns->root)
		*ret = (struct namespace_attributes){
			.ino = NAMESPACE_ROOT,
			.kind = NAMESPACE_DIRECTORY,
			.valid_ms = ns->config.ttl_ms,
		};
	else
		/* A thing's attributes never change. Only its name can become
		   invalid, when it is no longer listed. */
		set_attributes(node->entry, node->ino, INT64_MAX, ret);
	namespace_leave(ns);
	return err;
}

/* --- Lookup --- */

struct found {
	struct snapshot *snapshot; /* referenced */
	const struct entry *entry;
	int64_t until_ms;
};

static int find_in(struct snapshot *snapshot, const char *name,
		   int64_t until_ms, struct found *ret)
{
	ret->until_ms = until_ms;
	ret->entry = snapshot_find(snapshot, name);
	if (!ret->entry)
		return -ENOENT;
	ret->snapshot = snapshot_ref(snapshot);
	return 0;
}

static int find_listed(struct namespace *ns, struct node *node,
		       const char *name, struct waiter *waiter,
		       struct found *ret)
{
	struct snapshot *snapshot;
	int err = directory_list(ns, node, waiter, &snapshot);

	if (err)
		return err;
	return find_in(snapshot, name, node->directory.fresh_until_ms, ret);
}

/* An ID or `latest`, as a link to the entry of the listing that it means. */
static int find_alias(const struct node *node, const char *name,
		      struct found *ret)
{
	struct snapshot *listing = node->directory.snapshot;
	const struct entry *target;
	int err;

	if (node->entry && strcmp(name, LATEST_NAME) == 0)
		target = snapshot_latest(listing);
	else if (name_is_id(name))
		target = snapshot_find_id(listing, name);
	else
		target = NULL;
	if (!target)
		return -ENOENT;
	err = snapshot_of_link(name, target, &listing->owner, &ret->snapshot);
	if (err)
		return err;
	ret->entry = &ret->snapshot->entries[0];
	ret->until_ms = node->directory.fresh_until_ms;
	return 0;
}

static int find_by_probe(struct namespace *ns, struct node *node,
			 const char *name, const char *id,
			 struct waiter *waiter, struct found *ret)
{
	struct snapshot *snapshot = NULL;
	int err = directory_query_name(ns, node, name, id, waiter, &snapshot);
	struct name_query *query = name_query_find(node, name, clock_now_ms());

	if (err == 0) {
		ret->snapshot = snapshot_ref(snapshot);
		ret->entry = &snapshot->entries[0];
	}
	ret->until_ms = query ? query->until_ms : 0;
	return err;
}

/* In the stale listing. `err`: why there is no newer one; returned if the name
   is not in it. */
static int find_in_old(const struct node *node, const char *name, int err,
		       struct found *ret)
{
	int64_t until_ms = clock_now_ms() + MIN_TTL_MS;

	if (find_in(node->directory.snapshot, name, until_ms, ret) &&
	    find_alias(node, name, ret))
		return err;
	ret->until_ms = until_ms;
	return 0;
}

/* In the root or a dataset: in a fresh listing first; then an ID or `latest` by
   a name query, any other name by listing. */
static int find_in_catalog(struct namespace *ns, struct node *node,
			   const char *name, struct waiter *waiter,
			   struct found *ret)
{
	int64_t now_ms = clock_now_ms();
	bool fresh = directory_is_fresh(&node->directory, now_ms);
	bool is_latest = node->entry && strcmp(name, LATEST_NAME) == 0;
	const char *promised = NULL;
	int err = -ENOENT;

	if (fresh) {
		err = find_in(node->directory.snapshot, name,
			      node->directory.fresh_until_ms, ret);
		if (err == -ENOENT)
			err = find_alias(node, name, ret);
		if (err != -ENOENT || is_latest)
			return err;
	}
	if (name_is_id(name) || is_latest ||
	    name_query_find(node, name, now_ms)) {
		err = find_by_probe(ns, node, name, name, waiter, ret);
		/* The query failed: use the old listing. */
		if (err < 0 && err != -ENOENT && node->directory.snapshot)
			return find_in_old(node, name, err, ret);
		return err;
	}
	if (!fresh) {
		err = find_listed(ns, node, name, waiter, ret);
		if (err != -ENOENT)
			return err;
	}
	/* A dataset that was looked up by its ID has an assigned name, though
	   it need not be listed. */
	if (!node->entry)
		promised = assigned_names_id(ns->assigned_names, name);
	if (promised)
		return find_by_probe(ns, node, name, promised, waiter, ret);
	return err;
}

static int find(struct namespace *ns, struct node *node, const char *name,
		struct waiter *waiter, struct found *ret)
{
	if (!node->entry || node->entry->kind == ENTRY_DATASET)
		return find_in_catalog(ns, node, name, waiter, ret);
	switch (node->entry->kind) {
	case ENTRY_BATCH:
		return find_listed(ns, node, name, waiter, ret);
	case ENTRY_SUBDIRECTORY:
		return find_in(node->entry->children, name, INT64_MAX, ret);
	default:
		return -ENOTDIR;
	}
}

int namespace_lookup(struct namespace *ns, uint64_t parent, const char *name,
		     struct waiter *waiter, struct namespace_attributes *ret)
{
	struct found found = {0};
	struct node *node;
	int err;

	if (strlen(name) > NAME_BYTES_MAX)
		return -ENAMETOOLONG;
	namespace_enter(ns);
	node = node_find(&ns->nodes, parent);
	err = node ? find(ns, node, name, waiter, &found) : -ESTALE;
	if (err == 0)
		err = node_get(&ns->nodes, found.snapshot, found.entry, &node);
	if (err == 0) {
		node->lookups++;
		set_attributes(found.entry, node->ino, found.until_ms, ret);
	} else if (err == -ENOENT) {
		ret->valid_ms = remaining(found.until_ms);
	}
	snapshot_unref(found.snapshot);
	namespace_leave(ns);
	return err;
}

void namespace_forget(struct namespace *ns, uint64_t ino, uint64_t count)
{
	struct node *node;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (node) {
		node->lookups -= count < node->lookups ? count : node->lookups;
		node_release_if_unused(&ns->nodes, node);
	}
	namespace_leave(ns);
}

int namespace_readlink(struct namespace *ns, uint64_t ino, char **ret_target)
{
	struct node *node;
	int err = -EINVAL;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (!node) {
		err = -ESTALE;
	} else if (node->entry && node->entry->kind == ENTRY_LINK) {
		*ret_target = strdup(node->entry->id);
		err = *ret_target ? 0 : -ENOMEM;
	}
	namespace_leave(ns);
	return err;
}

/* --- Directories --- */

static int list(struct namespace *ns, struct node *node, struct waiter *waiter,
		struct snapshot **ret_snapshot)
{
	if (!node->entry || node->entry->kind == ENTRY_DATASET ||
	    node->entry->kind == ENTRY_BATCH)
		return directory_list(ns, node, waiter, ret_snapshot);
	if (node->entry->kind != ENTRY_SUBDIRECTORY)
		return -ENOTDIR;
	*ret_snapshot = node->entry->children;
	return 0;
}

int namespace_open_directory(struct namespace *ns, uint64_t ino,
			     struct waiter *waiter,
			     struct namespace_listing **ret_listing)
{
	struct namespace_listing *listing = calloc(1, sizeof(*listing));
	struct snapshot *snapshot;
	struct node *node;
	int err;

	if (!listing)
		return -ENOMEM;
	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	err = node ? list(ns, node, waiter, &snapshot) : -ESTALE;
	if (err == 0) {
		listing->ns = ns;
		listing->snapshot = snapshot_ref(snapshot);
		listing->valid_until_ms = valid_until(node);
		*ret_listing = listing;
	}
	namespace_leave(ns);
	if (err)
		free(listing);
	return err;
}

void namespace_close_directory(struct namespace *ns,
			       struct namespace_listing *listing)
{
	(void)ns;
	snapshot_unref(listing->snapshot);
	free(listing);
}

static uint64_t number_now(struct namespace *ns, const struct entry *entry)
{
	uint64_t number = entry->ino;

	if (!inode_numbers_are_first(&ns->nodes.numbers)) {
		namespace_enter(ns);
		number = node_number(&ns->nodes, entry);
		namespace_leave(ns);
	}
	return number;
}

int namespace_entry(const struct namespace_listing *listing, size_t index,
		    const char **ret_name, struct namespace_attributes *ret)
{
	const struct entry *entry;

	if (index >= listing->snapshot->count)
		return -ENOENT;
	entry = &listing->snapshot->entries[index];
	*ret_name = entry->name;
	set_attributes(entry, number_now(listing->ns, entry),
		       listing->valid_until_ms, ret);
	return 0;
}

int namespace_reference(struct namespace *ns,
			const struct namespace_listing *listing, size_t index,
			uint64_t *ret_ino)
{
	struct snapshot *snapshot = listing->snapshot;
	struct node *node;
	int err;

	namespace_enter(ns);
	err = node_get(&ns->nodes, snapshot, &snapshot->entries[index], &node);
	if (!err) {
		node->lookups++;
		*ret_ino = node->ino;
	}
	namespace_leave(ns);
	return err;
}

/* --- Life --- */

int namespace_create(const struct namespace_config *config,
		     struct namespace **ret_namespace)
{
	struct namespace *ns = calloc(1, sizeof(*ns));
	struct node *root = calloc(1, sizeof(*root));

	if (!ns || !root)
		goto fail;
	ns->config = *config;
	if (ns->config.ttl_ms < MIN_TTL_MS)
		ns->config.ttl_ms = MIN_TTL_MS;
	ns->assigned_names = assigned_names_create();
	if (!ns->assigned_names)
		goto fail;
	root->ino = NAMESPACE_ROOT;
	root->pins = 1;
	HASH_ADD(hh, ns->nodes.nodes, ino, sizeof(root->ino), root);
	if (!root->hh.tbl)
		goto fail;
	ns->root = root;
	pthread_mutex_init(&ns->lock, NULL);
	*ret_namespace = ns;
	return 0;

fail:
	if (ns)
		assigned_names_destroy(ns->assigned_names);
	free(root);
	free(ns);
	return -ENOMEM;
}

struct namespace *namespace_destroy(struct namespace *ns)
{
	if (!ns)
		return NULL;
	node_table_finish(&ns->nodes);
	namespace_drop_attachments(ns->nodes.detached);
	assigned_names_destroy(ns->assigned_names);
	pthread_mutex_destroy(&ns->lock);
	free(ns);
	return NULL;
}
