#ifndef CAIFS_DISK_CACHED_H
#define CAIFS_DISK_CACHED_H

/*
 * What a program may ask about a part that it has open in a mount: how much of
 * it the cache on disk has. An ioctl(2), because it is about a range, and says
 * how things stand once all has been written that had been read before.
 *
 * Where something is missing, the mount also forgets what it has of the part in
 * memory: whoever then reads with O_DIRECT, and so past the kernel's pages too,
 * reads through the cache, which keeps it.
 *
 * ENOTTY: this is no mount of caifs, or one without a cache. A directory may be
 * asked as well, of no range.
 */

#include <stdint.h>
#include <sys/ioctl.h>

struct disk_cached_range {
	int64_t offset, size; /* asked; what is past the end does not count */
	int64_t bytes;	      /* answered: so many of these are kept */
	int64_t max;	      /* answered: of all parts, the cache may hold */
};

#define DISK_CACHED_ASK _IOWR(0xca, 1, struct disk_cached_range)

#endif
