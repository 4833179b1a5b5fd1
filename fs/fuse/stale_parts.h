#ifndef CAIFS_FUSE_STALE_PARTS_H
#define CAIFS_FUSE_STALE_PARTS_H

/*
 * Parts of which another version has turned up: their names mean another inode
 * from then on, and what the kernel has of the old one's bytes goes. To take
 * pages away the kernel waits for reads that have them locked, so that this is
 * for a thread of its own, which answers no reads.
 */

#include <stdint.h>

struct mount;
struct stale_parts;

/* -ENOMEM, or why there is no thread. */
int stale_parts_create(struct mount *mount, struct stale_parts **ret_stale);
/* When no read is waited for any more. NULL is fine; returns NULL. */
struct stale_parts *stale_parts_destroy(struct stale_parts *stale);

/* Any thread; nothing waits. */
void stale_parts_add(struct stale_parts *stale, uint64_t ino);

/* How many are still to be seen to. */
unsigned stale_parts_left(const struct stale_parts *stale);

#endif
