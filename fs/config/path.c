/* Paths that need not exist yet: see path.h. */

#include "path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Splits `path`: returns its last component, sets `*ret_parent`. */
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

int path_resolve(const char *path, char **ret_path)
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
