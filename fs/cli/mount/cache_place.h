#ifndef CAIFS_CLI_CACHE_PLACE_H
#define CAIFS_CLI_CACHE_PLACE_H

/* Makes the cache's directory if need be. -EINVAL after it has said why it will
   not do: it must be private, and not in the mountpoint. */
int cache_place_check(const char *cache_dir, const char *mountpoint);

#endif
