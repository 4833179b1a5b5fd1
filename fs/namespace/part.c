/* What the data layer needs of parts: see namespace.h. */

#include "caifs/log.h"
#include "namespace_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int describe(const struct node *node, struct namespace_part *ret)
{
	const struct entry *entry = node->entry;

	*ret = (struct namespace_part){
		.ino = node->ino,
		.directory = node->snapshot->owner.directory,
		.file_id = strdup(entry->id),
		.path = strdup(entry->key),
		.size = entry->size,
		.attached = node->attachment != NULL,
	};
	if (ret->file_id && ret->path)
		return 0;
	namespace_part_finish(ret);
	return -ENOMEM;
}

int namespace_part(struct namespace *ns, uint64_t ino,
		   struct namespace_part *ret)
{
	struct node *node;
	int err;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (!node)
		err = -ESTALE;
	else if (!node->entry || node->entry->kind != ENTRY_PART)
		err = -EISDIR;
	else
		err = describe(node, ret);
	namespace_leave(ns);
	return err;
}

size_t namespace_parts_after(struct namespace *ns, uint64_t ino,
			     struct namespace_part *parts, size_t max)
{
	const struct entry *entry, *end;
	struct node *node, *next;
	size_t count = 0;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (node && node->entry && node->entry->kind == ENTRY_PART) {
		entry = node->entry + 1;
		end = node->snapshot->entries + node->snapshot->count;
		for (; entry < end && max > 0; entry++) {
			if (entry->kind != ENTRY_PART)
				continue;
			max--;
			if (node_get(&ns->nodes, node->snapshot, entry, &next))
				continue;
			node_expect(&ns->nodes, next);
			if (!describe(next, &parts[count]))
				count++;
		}
	}
	namespace_leave(ns);
	return count;
}

bool namespace_attach(struct namespace *ns, uint64_t ino,
		      struct namespace_attachment *attachment)
{
	struct node *node;
	bool taken;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	taken = node && !node->attachment;
	if (taken)
		node->attachment = attachment;
	namespace_leave(ns);
	return taken;
}

void namespace_retire(struct namespace *ns, uint64_t ino)
{
	const struct node *node;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (node && node->entry && node->entry->kind == ENTRY_PART &&
	    node_retire(&ns->nodes, node))
		log_warning("op=renumber ino=%" PRIu64 ": no number is left",
			    ino);
	namespace_leave(ns);
}

void namespace_part_finish(struct namespace_part *part)
{
	free(part->file_id);
	free(part->path);
	*part = (struct namespace_part){0};
}
