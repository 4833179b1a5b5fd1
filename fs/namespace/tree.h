#ifndef CAIFS_NAMESPACE_TREE_H
#define CAIFS_NAMESPACE_TREE_H

#include "directory_builder.h"

/* Makes one tree of a batch's parts: a path that can be split gives
   directories, any other one escaped name. Reorders the items. The snapshot has
   one reference. Errors as builder_finish(). */
int tree_build(struct item *items, size_t count, struct arena *arena,
	       const struct builder_options *options,
	       struct snapshot **ret_snapshot);

#endif
