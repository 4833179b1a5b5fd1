#ifndef CAIFS_FUSE_CONTROL_H
#define CAIFS_FUSE_CONTROL_H

/*
 * `.caifs` in the root: a directory that is not listed and can be opened, with
 * files that say how the mount is (mount.h, `report`). What one holds is made
 * when it is opened, so that it is of one moment however it is read.
 *
 * Answered at once, from memory. Any thread.
 */

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

#include <stdbool.h>

/* Is this one of them? */
bool control_is(fuse_ino_t ino);

/* Is `name` in `parent` one of them, or would be if it existed? */
bool control_is_name(fuse_ino_t parent, const char *name);

void control_lookup(fuse_req_t fuse, fuse_ino_t parent, const char *name);
void control_getattr(fuse_req_t fuse, fuse_ino_t ino);
void control_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);
void control_read(fuse_req_t fuse, size_t size, off_t offset,
		  struct fuse_file_info *fi);
void control_release(fuse_req_t fuse, struct fuse_file_info *fi);
/* `plus`: for readdirplus. */
void control_readdir(fuse_req_t fuse, size_t size, off_t offset, bool plus);

#endif
