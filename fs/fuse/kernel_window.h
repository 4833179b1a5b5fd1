#ifndef CAIFS_FUSE_KERNEL_WINDOW_H
#define CAIFS_FUSE_KERNEL_WINDOW_H

/*
 * How far the kernel itself reads ahead on a mount. Its default of 128 KiB
 * makes eight requests of what could be one; a filesystem cannot ask for more
 * when it is mounted, but an administrator may say so in /sys.
 */

#include <stdbool.h>

/* Sets it for what is mounted there; false: it may not be set here, which is
   usual without root, and no fault. Never touches the mount itself: the device
   number is read from /proc. */
bool kernel_window_set(const char *mountpoint, unsigned kib);

#endif
