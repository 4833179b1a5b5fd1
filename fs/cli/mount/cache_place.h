#ifndef CAIFS_CLI_CACHE_PLACE_H
#define CAIFS_CLI_CACHE_PLACE_H

/* Checks the cache's directory, and creates it if missing: it must be private,
   and not in the mountpoint. 0, or -EINVAL after it has printed why not. */
int cache_place_check(const char *cache_dir, const char *mountpoint);

#endif
