#ifndef CAIFS_CLI_MOUNTPOINT_H
#define CAIFS_CLI_MOUNTPOINT_H

#include <stdbool.h>

/* Checks that this can be mounted on, and removes a dead mount there. Sets an
   absolute path, or "/dev/fd/N" unchanged; the caller frees it. 0, or -EINVAL
   after it has printed why not. */
int mountpoint_resolve(const char *mountpoint, bool nonempty, char **ret_path);

#endif
