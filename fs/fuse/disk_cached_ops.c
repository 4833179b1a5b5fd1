/* How much of a part is cached on disk: see caifs/disk_cached.h. */

#include "caifs/disk_cached.h"

#include "control.h"
#include "request.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static bool unpark_disk_cached(struct request *request, int why)
{
	(void)why;
	return data_unpark_disk_cached(request->mount->data, &request->waiter);
}

static int attempt_disk_cached(struct request *request)
{
	struct disk_cached_range range = {
		.offset = request->offset,
		.size = (int64_t)request->size,
		.max = data_max_disk_cached(request->mount->data),
	};
	struct data_part *part =
		(struct data_part *)(uintptr_t)request->file.fh;
	int result = data_ask_disk_cached(request->mount->data, part,
					  range.offset, range.size,
					  &request->waiter, &range.bytes);

	if (result)
		return result;
	request_detach(request);
	fuse_reply_ioctl(request->fuse, 0, &range, sizeof(range));
	return REQUEST_ANSWERED;
}

void op_ioctl(fuse_req_t fuse, fuse_ino_t ino, unsigned command, void *argument,
	      struct fuse_file_info *fi, unsigned flags, const void *in,
	      size_t in_size, size_t out_size)
{
	static const struct request_kind kind = {
		"disk_cached", attempt_disk_cached, unpark_disk_cached};
	struct mount *mount = mount_of(fuse);
	struct request template = {.kind = &kind, .ino = ino, .file = *fi};
	struct disk_cached_range range = {
		.max = data_max_disk_cached(mount->data)};

	(void)argument;
	if (command != (unsigned)DISK_CACHED_ASK || in_size < sizeof(range) ||
	    out_size < sizeof(range) || control_is(ino) || range.max == 0) {
		fuse_reply_err(fuse, ENOTTY);
		return;
	}
	if (flags & FUSE_IOCTL_DIR) {
		fuse_reply_ioctl(fuse, 0, &range, sizeof(range));
		return;
	}
	memcpy(&range, in, sizeof(range));
	if (range.offset < 0 || range.size < 0) {
		fuse_reply_err(fuse, EINVAL);
		return;
	}
	template.offset = range.offset;
	template.size = (size_t)range.size;
	request_begin(mount, fuse, &template);
}
