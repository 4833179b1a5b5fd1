#ifndef CAIFS_NAMESPACE_TREE_H
#define CAIFS_NAMESPACE_TREE_H

#include "directory_builder.h"

/* The parts of a batch, by their paths, as one tree: directories where a path
   can be split, one escaped name where it cannot. Reorders the items. The
   snapshot has one reference. */
int tree_build(struct item *items, size_t count, struct arena *arena,
	       const struct builder_options *options,
	       struct snapshot **ret_snapshot);

#endif
