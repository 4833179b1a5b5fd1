#ifndef CAIFS_DISK_CACHED_H
#define CAIFS_DISK_CACHED_H

/*
 * How many bytes of a range of an open part the disk cache has. An ioctl(2) on
 * a part or a directory of a mount; a directory's range must be empty. The
 * result counts everything that was read before the call: it waits until that
 * is written.
 *
 * If fewer than `size` bytes are on disk, the mount drops the part's blocks
 * from memory, so that the next O_DIRECT read goes through the cache.
 *
 * ENOTTY: not a mount of caifs, or one without a cache.
 */

#include <stdint.h>
#include <sys/ioctl.h>

struct disk_cached_range {
	int64_t offset, size; /* in; bytes past the part's end do not count */
	int64_t bytes;	      /* out: of these, on disk */
	int64_t max;	      /* out: ceiling of the whole cache, in bytes */
};

#define DISK_CACHED_ASK _IOWR(0xca, 1, struct disk_cached_range)

#endif
