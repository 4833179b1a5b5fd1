#ifndef CAIFS_FUSE_STALE_PARTS_H
#define CAIFS_FUSE_STALE_PARTS_H

/*
 * Parts that have changed: gives their names another inode, and drops the old
 * inode's pages from the kernel. The kernel waits there for reads that have the
 * pages locked, so this has a thread of its own, which answers no reads.
 */

#include <stdint.h>

struct mount;
struct stale_parts;

/* -ENOMEM, or the error of starting the thread. */
int stale_parts_create(struct mount *mount, struct stale_parts **ret_stale);
/* Call when no read is pending. NULL: no effect. Returns NULL. */
struct stale_parts *stale_parts_destroy(struct stale_parts *stale);

/* Any thread; does not wait. Without memory, no effect. */
void stale_parts_add(struct stale_parts *stale, uint64_t ino);

/* How many are queued or under way. */
unsigned stale_parts_left(const struct stale_parts *stale);

#endif
