#ifndef CAIFS_CLI_CACHE_PLACE_H
#define CAIFS_CLI_CACHE_PLACE_H

/* Where a cache is to be: its path, and whether that will do. */

/* An absolute path, to be freed, of what may not be there yet, but for its
   last component free of symbolic links. Negative errno. */
int cache_place_resolve(const char *path, char **ret_path);

/* Makes the directory if need be. -EINVAL after it has said why it will not do:
   it must be private, and not in the mountpoint. */
int cache_place_check(const char *path, const char *mountpoint);

#endif
