#ifndef CAIFS_CONFIG_PATH_H
#define CAIFS_CONFIG_PATH_H

/* Makes a path absolute: its parent must be there, its last component need not.
   `*ret_path` is the caller's to free. -EINVAL: the last component is no name;
   -ENOMEM; or why the parent cannot be looked at. */
int path_resolve(const char *path, char **ret_path);

#endif
