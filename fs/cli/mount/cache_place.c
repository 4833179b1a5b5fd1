/* The place of the cache: see cache_place.h. */

#include "cache_place.h"

#include "caifs/cache.h"
#include "caifs/print_error.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_in(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		return true;
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

int cache_place_check(const char *cache_dir, const char *mountpoint)
{
	char why[512];

	/* The cache would read through the mount that it serves. */
	if (is_in(cache_dir, mountpoint)) {
		print_error("cache_dir %s is in the mountpoint: choose another",
			    cache_dir);
		return -EINVAL;
	}
	if (cache_check_directory(cache_dir, why, sizeof(why))) {
		print_error("cache_dir %s", why);
		return -EINVAL;
	}
	return 0;
}
