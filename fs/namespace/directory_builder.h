#ifndef CAIFS_NAMESPACE_DIRECTORY_BUILDER_H
#define CAIFS_NAMESPACE_DIRECTORY_BUILDER_H

/*
 * One directory on its way from items to a snapshot: names are given, entries
 * sorted and indexed. What the items' strings live in lasts as long as the
 * snapshot. The builder's thread.
 */

#include "arena.h"
#include "builder.h"

struct item {
	struct entry entry; /* `name` not yet given */
	const char *original;
	size_t order;
};

struct directory_builder {
	struct item *items;
	size_t count;
};

/* From what the thing is, so that it has the same number in every listing and
   every mount; a part of another length is another thing. The numbers of parts
   rise with the numbers in their names: tools that go through a directory by
   inode (cp -r, tar) then go through it by name, which is the order in which
   parts are fetched ahead. */
enum { INODE_NUMBER_FIRST = 16 }; /* 0 is none, 1 the root, some are `.caifs` */
uint64_t inode_number(enum entry_kind kind, const char *id, const char *key,
		      int64_t size);

/* The snapshot has one reference. On failure the items' children are still the
   caller's. */
int directory_builder_finish(struct directory_builder *directory,
			     struct arena *arena,
			     const struct builder_options *options,
			     struct snapshot **ret_snapshot);

#endif
