#ifndef CAIFS_FUSE_PARTS_H
#define CAIFS_FUSE_PARTS_H

/*
 * What the namespace and the data layer have of one part, brought together: an
 * inode's part is made when it is first opened, or may be read next, and is
 * kept with the inode until the kernel has forgotten it.
 *
 * Any thread.
 */

#include "mount_internal.h"

/* The inode's part, opened, and the inode of the directory that was listed for
   it. -ESTALE: another version has turned up, and the part's name means another
   inode by now; told that, the kernel looks the name up again. -EISDIR;
   -ENOMEM. */
int parts_open(struct mount *mount, fuse_ino_t ino, struct data_part **ret_part,
	       uint64_t *ret_directory);

/* Whoever reads this part may read those after it. */
void parts_hint(struct mount *mount, fuse_ino_t ino, struct data_part *part,
		bool listed);

#endif
