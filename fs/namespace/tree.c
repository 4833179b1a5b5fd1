/* The tree of a batch: see tree.h. */

#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A deeper path becomes one name, its slashes escaped. */
enum { MAX_DEPTH = 32 };

/* A path that can be split: no empty component, not too deep. */
static bool is_regular(const char *path)
{
	size_t depth = 1;

	if (*path == '/' || !*path)
		return false;
	for (; *path; path++)
		if (*path == '/') {
			depth++;
			if (path[1] == '/' || path[1] == '\0')
				return false;
		}
	return depth <= MAX_DEPTH;
}

/* Bytes of the first component of `rest`, with its slash if it has one. */
static size_t component_length(const struct item *item, size_t prefix)
{
	const char *rest = item->entry.key + prefix;
	const char *slash = strchr(rest, '/');

	return slash && is_regular(item->entry.key) ? (size_t)(slash - rest) + 1
						    : strlen(rest);
}

static bool in_same_directory(const struct item *a, const struct item *b,
			      size_t prefix, size_t length)
{
	return is_regular(b->entry.key) &&
	       strncmp(a->entry.key + prefix, b->entry.key + prefix, length) ==
		       0;
}

/* Irregular paths first, so that the parts of one directory are adjacent. */
static int by_path(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = is_regular(x->entry.key) - is_regular(y->entry.key);

	if (order == 0)
		order = strcmp(x->entry.key, y->entry.key);

	return order ? order : strcmp(x->entry.id, y->entry.id);
}

static int build_tree(struct item *items, size_t count, size_t prefix,
		      struct arena *arena,
		      const struct builder_options *options,
		      struct snapshot **ret_snapshot);

/* The directory of items[0 .. count), as an item. */
static int make_subdirectory(struct item *items, size_t count, size_t prefix,
			     size_t length, struct arena *arena,
			     const struct builder_options *options,
			     struct item *ret_item)
{
	const struct entry *first = &items[0].entry;
	char *component = arena_take(arena, length);
	char *path = arena_take(arena, prefix + length);
	const char *id = arena_text(arena, options->owner.batch_id);
	struct snapshot *children;
	int err;

	if (!component || !path || !id)
		return -ENOMEM;
	err = build_tree(items, count, prefix + length, arena, options,
			 &children);
	if (err)
		return err;
	memcpy(component, first->key + prefix, length - 1);
	memcpy(path, first->key, prefix + length - 1);
	*ret_item = (struct item){
		.original = component,
		.entry = {.kind = ENTRY_SUBDIRECTORY,
			  .id = id,
			  .key = path,
			  .alternate_id = "",
			  .status = "",
			  .children = children,
			  .ino = inode_number(ENTRY_SUBDIRECTORY, id, path, 0),
			  .modified_ms = first->modified_ms,
			  .created_ms = first->created_ms,
			  .record_count = -1},
	};
	return 0;
}

static void drop_children(struct directory_builder *directory)
{
	for (size_t i = 0; i < directory->count; i++)
		snapshot_unref(directory->items[i].entry.children);
}

/* `items` are sorted by path and share their first `prefix` bytes. */
static int build_tree(struct item *items, size_t count, size_t prefix,
		      struct arena *arena,
		      const struct builder_options *options,
		      struct snapshot **ret_snapshot)
{
	struct directory_builder directory = {
		calloc(count ? count : 1, sizeof(struct item)), 0};
	int err = directory.items ? 0 : -ENOMEM;

	for (size_t i = 0, end; i < count && !err; i = end) {
		size_t length = component_length(&items[i], prefix);
		const char *rest = items[i].entry.key + prefix;

		end = i + 1;
		if (length == 0 || rest[length - 1] != '/' ||
		    !is_regular(items[i].entry.key)) {
			directory.items[directory.count] = items[i];
			directory.items[directory.count++].original = rest;
			continue;
		}
		while (end < count && in_same_directory(&items[i], &items[end],
							prefix, length))
			end++;
		err = make_subdirectory(&items[i], end - i, prefix, length,
					arena, options,
					&directory.items[directory.count]);
		if (!err)
			directory.count++;
	}
	if (!err)
		err = directory_builder_finish(&directory, arena, options,
					       ret_snapshot);
	if (err && directory.items)
		drop_children(&directory);
	free(directory.items);
	return err;
}

int tree_build(struct item *items, size_t count, struct arena *arena,
	       const struct builder_options *options,
	       struct snapshot **ret_snapshot)
{
	if (count)
		qsort(items, count, sizeof(*items), by_path);
	return build_tree(items, count, 0, arena, options, ret_snapshot);
}
