#ifndef CAIFS_FUSE_PARTS_H
#define CAIFS_FUSE_PARTS_H

/*
 * Connects the namespace's inodes with the data layer's parts. An inode's part
 * is created when the inode is first opened or follows an open one. The
 * namespace's node has a reference to it until the node is freed.
 *
 * Any thread.
 */

#include "mount_internal.h"

/* Opens the inode's part; the caller ends with data_close(). `ret_directory`:
   the inode of the directory whose listing named it. -ESTALE: the part has
   changed; its name has another inode by then, which the kernel finds by
   looking the name up again. -EISDIR; -ENOMEM. */
int parts_open(struct mount *mount, fuse_ino_t ino, struct data_part **ret_part,
	       uint64_t *ret_directory);

/* Names the parts after this open one to the data layer: see data_hint(). */
void parts_hint(struct mount *mount, fuse_ino_t ino, struct data_part *part,
		bool listed);

#endif
