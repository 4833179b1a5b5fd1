#ifndef CAIFS_CLI_MOUNTPOINT_H
#define CAIFS_CLI_MOUNTPOINT_H

#include <stdbool.h>

/* Can this be mounted on? An absolute path, the caller's to free, or an open
   "/dev/fd/N" as it is. -EINVAL after it has said why not. */
int mountpoint_resolve(const char *mountpoint, bool nonempty, char **ret_path);

#endif
