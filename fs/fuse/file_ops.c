/* Files. There is no `flush` operation, on purpose: there is nothing to flush,
   and the kernel would wait for one at each close, where SIGKILL has no
   effect. */

#include "caller.h"
#include "control.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

/* Its strings are borrowed. */
static struct data_part part_of(const struct namespace_part *part)
{
	return (struct data_part){
		.number = part->ino,
		.file_id = part->file_id,
		.path = part->path,
		.size = part->size,
	};
}

static struct data_file *file_of(const struct fuse_file_info *fi)
{
	return (struct data_file *)(uintptr_t)fi->fh;
}

/* Whoever reads this part whole may read those after it. */
static void tell_followers(struct mount *mount, fuse_ino_t ino,
			   struct data_file *file, bool walked)
{
	struct namespace_part parts[DATA_FOLLOWERS];
	struct data_part followers[DATA_FOLLOWERS];
	size_t count =
		namespace_parts_after(mount->ns, ino, parts, DATA_FOLLOWERS);

	for (size_t i = 0; i < count; i++)
		followers[i] = part_of(&parts[i]);
	data_follow(mount->data, file, followers, count, walked);
	for (size_t i = 0; i < count; i++)
		namespace_part_finish(&parts[i]);
}

void op_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct namespace_part part;
	struct data_file *file;
	uint64_t directory;
	bool known;
	int err;

	if ((fi->flags & O_ACCMODE) != O_RDONLY) {
		fuse_reply_err(fuse, EROFS);
		return;
	}
	if (control_is(ino)) {
		control_open(fuse, ino, fi);
		return;
	}
	err = namespace_part(mount->ns, ino, &part);
	if (!err) {
		const struct data_part wanted = part_of(&part);

		directory = part.directory;
		err = data_open(mount->data, &wanted, &file, &known);
		namespace_part_finish(&part);
	}
	if (err) {
		fuse_reply_err(fuse, -err);
		return;
	}
	tell_followers(
		mount, ino, file,
		recent_listings_has(&mount->listings,
				    caller_process(fuse_req_ctx(fuse)->pid),
				    directory));
	fi->fh = (uintptr_t)file;
	fi->keep_cache = known; /* the kernel's pages are still right */
	if (fuse_reply_open(fuse, fi) < 0)
		data_close(mount->data, file);
}

void op_release(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct data_file *file = file_of(fi);

	if (control_is(ino)) {
		control_release(fuse, fi);
		return;
	}
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
