#ifndef CAIFS_FUSE_CONTROL_H
#define CAIFS_FUSE_CONTROL_H

/*
 * `.caifs` in the root: a directory that is not listed but can be opened, with
 * files that hold the mount's status (mount.h, `report`). A file's text is made
 * when it is opened, so that all reads of it see one moment.
 *
 * Each operation replies before it returns; none parks. Any thread.
 */

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

#include <stdbool.h>

/* True: `.caifs` or a file in it. */
bool control_is(fuse_ino_t ino);

/* True: `.caifs` in the root, or any name in `.caifs`. */
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
