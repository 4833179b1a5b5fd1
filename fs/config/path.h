#ifndef CAIFS_CONFIG_PATH_H
#define CAIFS_CONFIG_PATH_H

/* Makes a path absolute. Its parent must exist; its last component need not.
   The caller frees `*ret_path`. -EINVAL: the last component is empty, "." or
   ".."; -ENOMEM; or the errno of resolving the parent. */
int path_resolve(const char *path, char **ret_path);

#endif
