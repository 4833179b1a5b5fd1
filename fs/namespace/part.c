/* What the data layer needs of parts: see namespace.h. */

#include "namespace_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int describe(const struct node *node, const struct entry *entry,
		    struct namespace_part *ret)
{
	*ret = (struct namespace_part){
		.ino = entry->ino,
		.directory = node->snapshot->owner.directory,
		.file_id = strdup(entry->id),
		.path = strdup(entry->key),
		.size = entry->size,
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
		err = describe(node, node->entry, ret);
	namespace_leave(ns);
	return err;
}

size_t namespace_parts_after(struct namespace *ns, uint64_t ino,
			     struct namespace_part *parts, size_t max)
{
	const struct entry *entry, *end;
	struct node *node;
	size_t count = 0;

	namespace_enter(ns);
	node = node_find(&ns->nodes, ino);
	if (node && node->entry && node->entry->kind == ENTRY_PART) {
		entry = node->entry + 1;
		end = node->snapshot->entries + node->snapshot->count;
		for (; entry < end && count < max; entry++)
			if (entry->kind == ENTRY_PART &&
			    !describe(node, entry, &parts[count]))
				count++;
	}
	namespace_leave(ns);
	return count;
}

void namespace_part_finish(struct namespace_part *part)
{
	free(part->file_id);
	free(part->path);
	*part = (struct namespace_part){0};
}
