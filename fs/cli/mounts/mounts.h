#ifndef CAIFS_CLI_MOUNTS_H
#define CAIFS_CLI_MOUNTS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The mounts of caifs that there are, by /proc/self/mountinfo: nothing of them
 * is touched. Paths, as many as there are, NULL after the last; mounts_free()
 * them. -ENOMEM, or why /proc cannot be read.
 */
int mounts_find(char ***ret_paths);
void mounts_free(char **paths);

/* Is a file on this device in one of them? 1 or 0, or why /proc cannot be
   read. */
int mounts_has(dev_t device);
/* The mountpoint of the one that `path` lies in, the caller's to free; NULL:
   in none. Resolves the path, and so touches what is on its way. */
char *mounts_holding(const char *path);

#endif
