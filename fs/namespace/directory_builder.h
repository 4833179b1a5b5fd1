#ifndef CAIFS_NAMESPACE_DIRECTORY_BUILDER_H
#define CAIFS_NAMESPACE_DIRECTORY_BUILDER_H

/*
 * Makes a snapshot of one directory's items: assigns names, sorts and indexes.
 * The items' strings are in the arena, to which the snapshot keeps a reference.
 * The builder's thread.
 */

#include "arena.h"
#include "builder.h"

struct item {
	struct entry entry;   /* `name` not yet assigned */
	const char *original; /* what the name is made from */
	size_t order;	      /* place in the listing */
};

struct directory_builder {
	struct item *items;
	size_t count;
};

/* 0 is invalid, 1 the root; `.caifs` has 2 and up (fs/fuse/control.c). */
enum { INODE_NUMBER_FIRST = 16 };

/* A hash of what identifies the thing: the same number in every listing and
   every mount. A part of another size has another number. Numbers of parts
   increase with the numbers in their names: tools that read a directory by
   inode (cp -r, tar) then read it by name, the order of prefetching. Pure. */
uint64_t inode_number(enum entry_kind kind, const char *id, const char *key,
		      int64_t size);

/* On success the snapshot has one reference and owns the items' children; on
   failure the caller still owns them. Errors as builder_finish(). */
int directory_builder_finish(struct directory_builder *directory,
			     struct arena *arena,
			     const struct builder_options *options,
			     struct snapshot **ret_snapshot);

#endif
