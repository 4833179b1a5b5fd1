/* Where a cache is to be: see cache_place.h. */

#include "cache_place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caifs/cache.h"

/* Cuts `path` in two: its parent and what it is called there. */
static const char *cut(char *path, const char **ret_parent)
{
	size_t length = strlen(path);
	char *slash;

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	slash = strrchr(path, '/');
	if (!slash) {
		*ret_parent = ".";
		return path;
	}
	*slash = '\0';
	*ret_parent = slash == path ? "/" : path;
	return slash + 1;
}

/* In the background the current directory is another one. */
static int resolve(const char *path, char **ret_path)
{
	char *own = strdup(path), *parent, *made = NULL;
	const char *above, *name;
	int err = 0;

	if (!own)
		return -ENOMEM;
	name = cut(own, &above);
	parent = realpath(above, NULL);
	if (!parent)
		err = -errno;
	else if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		err = -EINVAL;
	else if (asprintf(&made, "%s/%s", strcmp(parent, "/") ? parent : "",
			  name) < 0)
		err = -ENOMEM;
	free(parent);
	free(own);
	if (!err)
		*ret_path = made;
	return err;
}

int cache_place_settle(struct settings *s)
{
	char **place = &s->values[OPTION_CACHE_DIR], *path;
	int err;

	if (!*place && settings_flag(s, OPTION_OFFLINE)) {
		complain("'offline' shows what a cache holds: give cache_dir "
			 "too");
		return -EINVAL;
	}
	if (!*place)
		return 0;
	err = resolve(*place, &path);
	if (err) {
		complain("cache_dir %s: %s", *place, strerror(-err));
		return -EINVAL;
	}
	free(*place);
	*place = path;
	return 0;
}

static bool is_in(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		return true;
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

int cache_place_check(const char *path, const char *mountpoint)
{
	char why[512];

	/* To read from it would be to wait for ourselves. */
	if (is_in(path, mountpoint)) {
		complain("cache_dir %s is in the mountpoint: choose another",
			 path);
		return -EINVAL;
	}
	if (cache_check_directory(path, why, sizeof(why))) {
		complain("cache_dir %s", why);
		return -EINVAL;
	}
	return 0;
}
