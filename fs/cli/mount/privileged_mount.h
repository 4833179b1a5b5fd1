#ifndef CAIFS_CLI_PRIVILEGED_MOUNT_H
#define CAIFS_CLI_PRIVILEGED_MOUNT_H

/*
 * A service manager lets a user who is not root mount by a capability
 * (AmbientCapabilities= of systemd.exec(5)), which is as good as root's whole
 * power. So it is used first of all, before there is a second thread or a byte
 * from the network, and then given up for good.
 *
 * The mount stands before the platform has been asked: who looks at it waits.
 * When it then cannot be served, the manager has to unmount it.
 */

#include "caifs/settings.h"

/* Mounts at `path` and makes `*ret_mountpoint` the descriptor of it,
   "/dev/fd/N"; where we were given no such capability, leaves it NULL. 0, or
   negative errno after it has said why. */
int privileged_mount(const struct settings *settings, const char *path,
		     char **ret_mountpoint);

#endif
