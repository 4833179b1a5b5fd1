#ifndef CAIFS_CLI_FIND_IN_MOUNTS_H
#define CAIFS_CLI_FIND_IN_MOUNTS_H

/*
 * Where a dataset, or a batch of it, is seen on this machine: the mounts of the
 * same platform and sandbox are asked for it. A mount answers within its own
 * timeout.
 */

#include "caifs/settings.h"

/* The path below a mount, to be freed; `batch` NULL: the dataset's. -ENOENT: no
   mount shows it (yet); -ENOMEM. */
int find_in_mounts(const struct settings *settings, const char *dataset,
		   const char *batch, char **ret_path);

#endif
