#ifndef CAIFS_CLI_PRIVILEGED_MOUNT_H
#define CAIFS_CLI_PRIVILEGED_MOUNT_H

/*
 * Mounting with CAP_SYS_ADMIN, which a service manager can give to a user who
 * is not root (AmbientCapabilities= of systemd.exec(5)). The capability is used
 * before any other thread starts and any byte from the network is read, and
 * then dropped for good.
 *
 * The mount exists before the platform has answered: accesses wait. If it then
 * cannot be served, the service manager has to unmount it.
 */

#include "caifs/settings.h"

/* Mounts at `path`; `*ret_mountpoint` is "/dev/fd/N" of the open FUSE device,
   the caller's to free. NULL: not mounted, since there is no such capability or
   no need of it. 0, or negative errno after it has printed why. */
int privileged_mount(const struct settings *settings, const char *path,
		     char **ret_mountpoint);

#endif
