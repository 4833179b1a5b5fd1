#ifndef CAIFS_CLI_FIND_IN_MOUNTS_H
#define CAIFS_CLI_FIND_IN_MOUNTS_H

/*
 * Finds a dataset, or a batch of it, in the mounts of this machine that have
 * the same endpoint and sandbox. Waits for each mount, up to its timeout.
 */

#include "caifs/settings.h"

/* `batch` NULL: finds the dataset. The caller frees `*ret_path`. -ENOENT: no
   mount shows it. */
int find_in_mounts(const struct settings *settings, const char *dataset,
		   const char *batch, char **ret_path);

#endif
