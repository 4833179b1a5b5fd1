#ifndef CAIFS_CLI_CACHE_PLACE_H
#define CAIFS_CLI_CACHE_PLACE_H

/* Where a cache is to be: its path, and whether that will do. */

#include "settings.h"

/* Makes cache_dir absolute, which need not be there yet. -EINVAL after it has
   said why not. */
int cache_place_settle(struct settings *settings);

/* Makes the directory if need be. -EINVAL after it has said why it will not do:
   it must be private, and not in the mountpoint. */
int cache_place_check(const char *path, const char *mountpoint);

#endif
