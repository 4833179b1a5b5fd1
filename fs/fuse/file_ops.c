/* Files. `flush` is not among the operations, on purpose: the kernel would
   send one at every close, wait for it beyond the reach of SIGKILL, and there
   is nothing to flush. */

#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

static struct data_file *file_of(const struct fuse_file_info *fi)
{
	return (struct data_file *)(uintptr_t)fi->fh;
}

void op_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct namespace_part part;
	struct data_file *file;
	bool known;
	int err;

	if ((fi->flags & O_ACCMODE) != O_RDONLY) {
		fuse_reply_err(fuse, EROFS);
		return;
	}
	err = namespace_part(mount->ns, ino, &part);
	if (!err) {
		err = data_open(mount->data, ino, part.file_id, part.path,
				part.size, &file, &known);
		namespace_part_finish(&part);
	}
	if (err) {
		fuse_reply_err(fuse, -err);
		return;
	}
	fi->fh = (uintptr_t)file;
	fi->keep_cache = known; /* the kernel's pages are still right */
	if (fuse_reply_open(fuse, fi) < 0)
		data_close(mount->data, file);
}

void op_release(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct data_file *file = file_of(fi);

	(void)ino;
	fuse_reply_err(fuse, 0); /* frees the request */
	data_close(mount->data, file);
}

static bool unpark_read(struct request *request, int why)
{
	return data_unpark(request->mount->data, &request->waiter, why);
}

static int attempt_read(struct request *request)
{
	struct mount *mount = request->mount;
	struct data_view view;
	int result =
		data_read(mount->data, file_of(&request->file), request->offset,
			  request->size, &request->waiter, &view);

	if (result)
		return result;
	request_settle(request);
	fuse_reply_iov(request->fuse, view.parts, view.count);
	data_view_finish(mount->data, &view);
	return REQUEST_ANSWERED;
}

void op_read(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
	     struct fuse_file_info *fi)
{
	static const struct request_kind kind = {"read", attempt_read,
						 unpark_read};
	const struct request wish = {
		.kind = &kind,
		.ino = ino,
		.file = *fi,
		.offset = offset,
		.size = size,
	};

	request_begin(mount_of(fuse), fuse, &wish);
}
