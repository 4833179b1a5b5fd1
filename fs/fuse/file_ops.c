/* Files. There is deliberately no `flush`: the kernel would wait for its reply
   at each close, where SIGKILL has no effect. */

#include "caller.h"
#include "control.h"
#include "parts.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

static struct data_part *part_of(const struct fuse_file_info *fi)
{
	return (struct data_part *)(uintptr_t)fi->fh;
}

void op_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct data_part *part;
	uint64_t directory;
	int err;

	if ((fi->flags & O_ACCMODE) != O_RDONLY) {
		fuse_reply_err(fuse, EROFS);
		return;
	}
	if (control_is(ino)) {
		control_open(fuse, ino, fi);
		return;
	}
	err = parts_open(mount, ino, &part, &directory);
	if (err) {
		fuse_reply_err(fuse, -err);
		return;
	}
	parts_hint(mount, ino, part,
		   recent_listings_has(&mount->listings,
				       caller_process(fuse_req_ctx(fuse)->pid),
				       directory));
	fi->fh = (uintptr_t)part;
	/* The kernel's pages of this inode are always of this part. */
	fi->keep_cache = 1;
	if (fuse_reply_open(fuse, fi) < 0)
		data_close(mount->data, part);
}

void op_release(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct data_part *part = part_of(fi);

	if (control_is(ino)) {
		control_release(fuse, fi);
		return;
	}
	fuse_reply_err(fuse, 0); /* frees the request */
	data_close(mount->data, part);
}

static bool unpark_read(struct request *request, int why)
{
	return data_unpark(request->mount->data, &request->waiter, why);
}

static int attempt_read(struct request *request)
{
	struct mount *mount = request->mount;
	struct data_view view;
	int result;

	request->waiter.direct = (request->file.flags & O_DIRECT) != 0;
	result =
		data_read(mount->data, part_of(&request->file), request->offset,
			  request->size, &request->waiter, &view);
	if (result)
		return result;
	request_detach(request);
	fuse_reply_iov(request->fuse, view.parts, view.count);
	data_view_finish(mount->data, &view);
	slow_read_log_note(request);
	return REQUEST_ANSWERED;
}

void op_read(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
	     struct fuse_file_info *fi)
{
	static const struct request_kind kind = {"read", attempt_read,
						 unpark_read};
	const struct request template = {
		.kind = &kind,
		.ino = ino,
		.file = *fi,
		.offset = offset,
		.size = size,
	};

	if (control_is(ino)) {
		control_read(fuse, size, offset, fi);
		return;
	}
	request_begin(mount_of(fuse), fuse, &template);
}
