#ifndef CAIFS_CLI_MOUNTS_H
#define CAIFS_CLI_MOUNTS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The mounts of caifs, from /proc/self/mountinfo. Any thread. Does not access
 * the mounts, except where it says so.
 */

/* Their paths, ended by NULL; call mounts_free(). -ENOMEM, or the errno of
   reading /proc. */
int mounts_find(char ***ret_paths);
/* NULL: no effect. */
void mounts_free(char **paths);

/* 1: the device is a mount of caifs; 0: it is not; or the negative errno of
   reading /proc. */
int mounts_has(dev_t device);

/* The mountpoint of the mount that has `path`; the caller frees it. NULL: none,
   or it cannot be found out. Resolves `path`, and so may access a mount. */
char *mounts_holding(const char *path);

#endif
