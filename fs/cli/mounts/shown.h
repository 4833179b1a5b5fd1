#ifndef CAIFS_CLI_SHOWN_H
#define CAIFS_CLI_SHOWN_H

/*
 * Where a dataset, or a batch of it, is seen on this machine: the mounts of the
 * same platform and sandbox are asked for it. A mount answers within its own
 * timeout.
 */

#include "caifs/settings.h"

/* The path below a mount, to be freed; `batch` NULL: the dataset's. -ENOENT: no
   mount shows it (yet); -ENOMEM. */
int shown_find(const struct settings *settings, const char *dataset,
	       const char *batch, char **ret_path);

#endif
