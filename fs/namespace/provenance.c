/*
 * Where a thing comes from, as extended attributes (namespace.h). Only what the
 * platform's listings contain; no credential reaches this layer.
 */

#include "namespace_internal.h"

#include "caifs/buffer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PREFIX "user.caifs."

enum {
	DATASETS = 1 << ENTRY_DATASET,
	BATCHES = 1 << ENTRY_BATCH,
	FOLDERS = 1 << ENTRY_SUBDIRECTORY,
	PARTS = 1 << ENTRY_PART
};

static int text(const char *value, struct buffer *out)
{
	return *value ? buffer_append_text(out, value) : -ENODATA;
}

static int number(int64_t value, struct buffer *out)
{
	return buffer_printf(out, "%" PRId64, value);
}

static int dataset_id(const struct node *node, struct buffer *out)
{
	return text(node->entry->kind == ENTRY_DATASET
			    ? node->entry->id
			    : node->snapshot->owner.dataset_id,
		    out);
}

static int dataset_name(const struct node *node, struct buffer *out)
{
	return text(node->entry->key, out);
}

static int batch_id(const struct node *node, struct buffer *out)
{
	return text(node->entry->kind == ENTRY_BATCH
			    ? node->entry->id
			    : node->snapshot->owner.batch_id,
		    out);
}

static int batch_key(const struct node *node, struct buffer *out)
{
	return text(node->entry->key, out);
}

static int status(const struct node *node, struct buffer *out)
{
	return text(node->entry->status, out);
}

static int record_count(const struct node *node, struct buffer *out)
{
	return node->entry->record_count < 0
		       ? -ENODATA
		       : number(node->entry->record_count, out);
}

static int created(const struct node *node, struct buffer *out)
{
	return node->entry->created_ms ? number(node->entry->created_ms, out)
				       : -ENODATA;
}

static int file_id(const struct node *node, struct buffer *out)
{
	return text(node->entry->id, out);
}

static int path(const struct node *node, struct buffer *out)
{
	return text(node->entry->key, out);
}

static const struct {
	const char *name;
	int kinds;
	int (*value)(const struct node *node, struct buffer *out);
} attributes[] = {
	{PREFIX "dataset_id", DATASETS | BATCHES | FOLDERS | PARTS, dataset_id},
	{PREFIX "dataset_name", DATASETS, dataset_name},
	{PREFIX "batch_id", BATCHES | FOLDERS | PARTS, batch_id},
	{PREFIX "batch_key", BATCHES, batch_key},
	{PREFIX "status", BATCHES, status},
	{PREFIX "record_count", BATCHES, record_count},
	{PREFIX "created", DATASETS | BATCHES | PARTS, created},
	{PREFIX "file_id", PARTS, file_id},
	{PREFIX "path", FOLDERS | PARTS, path},
};

enum { ATTRIBUTE_COUNT = sizeof(attributes) / sizeof(attributes[0]) };

static bool has(const struct node *node, size_t i)
{
	return node->entry && (attributes[i].kinds & (1 << node->entry->kind));
}

int namespace_attribute(struct namespace *ns, uint64_t ino, const char *name,
			struct buffer *value)
{
	struct node *node;
	int err = -ENODATA;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	for (size_t i = 0; node && i < ATTRIBUTE_COUNT; i++)
		if (has(node, i) && strcmp(name, attributes[i].name) == 0)
			err = attributes[i].value(node, value);
	namespace_leave(ns);
	return err;
}

int namespace_attribute_names(struct namespace *ns, uint64_t ino,
			      struct buffer *names)
{
	struct buffer value;
	struct node *node;
	int err = 0;

	buffer_init(&value, 64 * 1024);
	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	for (size_t i = 0; node && !err && i < ATTRIBUTE_COUNT; i++) {
		if (!has(node, i) || attributes[i].value(node, &value))
			continue;
		err = buffer_append(names, attributes[i].name,
				    strlen(attributes[i].name) + 1);
	}
	namespace_leave(ns);
	buffer_finish(&value);
	return err;
}

/* --- For log lines --- */

void namespace_describe(struct namespace *ns, uint64_t ino, char *text,
			size_t size)
{
	struct node *node;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	entry_describe(node ? node->snapshot : NULL, node ? node->entry : NULL,
		       text, size);
	namespace_leave(ns);
}
