/* Attributes of files and of the filesystem. None of these operations parks. */

#include "control.h"
#include "mount_internal.h"

#include "caifs/buffer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static double seconds(int64_t ms)
{
	return (double)ms / 1000;
}

void attributes_to_stat(const struct mount *mount,
			const struct namespace_attributes *attributes,
			struct stat *stat)
{
	static const struct {
		mode_t mode;
		nlink_t links;
	} kinds[] = {
		[NAMESPACE_DIRECTORY] = {S_IFDIR | 0555, 2},
		[NAMESPACE_FILE] = {S_IFREG | 0444, 1},
		[NAMESPACE_LINK] = {S_IFLNK | 0777, 1},
	};
	const struct timespec modified = {
		.tv_sec = attributes->modified_ms / 1000,
		.tv_nsec = attributes->modified_ms % 1000 * 1000000,
	};
	mode_t mode = kinds[attributes->kind].mode;

	if (attributes->kind != NAMESPACE_LINK)
		mode &= ~mount->config.umask;
	*stat = (struct stat){
		.st_ino = attributes->ino,
		.st_mode = mode,
		.st_nlink = kinds[attributes->kind].links,
		.st_uid = mount->config.uid,
		.st_gid = mount->config.gid,
		.st_size = attributes->size,
		.st_blocks = (attributes->size + 511) / 512,
		.st_blksize = DATA_BLOCK,
		.st_mtim = modified,
		.st_ctim = modified,
		.st_atim = modified,
	};
}

void attributes_to_entry(const struct mount *mount,
			 const struct namespace_attributes *attributes,
			 struct fuse_entry_param *entry)
{
	*entry = (struct fuse_entry_param){
		.ino = attributes->ino,
		.generation = 1,
		.entry_timeout = seconds(attributes->valid_ms),
		/* A thing's attributes never change, only its being listed. */
		.attr_timeout = 24 * 3600,
	};
	attributes_to_stat(mount, attributes, &entry->attr);
}

void op_getattr(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *mount = mount_of(fuse);
	struct namespace_attributes attributes;
	struct stat stat;
	int err;

	(void)fi;
	if (control_is(ino)) {
		control_getattr(fuse, ino);
		return;
	}
	err = namespace_getattr(mount->ns, ino, &attributes);
	if (err) {
		fuse_reply_err(fuse, -err);
		return;
	}
	attributes_to_stat(mount, &attributes, &stat);
	fuse_reply_attr(fuse, &stat, seconds(attributes.valid_ms));
}

void op_statfs(fuse_req_t fuse, fuse_ino_t ino)
{
	/* The size of the platform's storage is unknown; nothing is free. */
	const struct statvfs stat = {
		.f_bsize = DATA_BLOCK,
		.f_frsize = 4096,
		.f_namemax = 255,
		.f_flag = ST_RDONLY | ST_NOSUID,
	};

	(void)ino;
	fuse_reply_statfs(fuse, &stat);
}

/* Replies with `value`, or with its size when `size` is 0. */
static void reply_value(fuse_req_t fuse, const struct buffer *value,
			size_t size, int err)
{
	if (err)
		fuse_reply_err(fuse, -err);
	else if (size == 0)
		fuse_reply_xattr(fuse, value->size);
	else if (value->size > size)
		fuse_reply_err(fuse, ERANGE);
	else
		fuse_reply_buf(fuse, value->data, value->size);
}

void op_getxattr(fuse_req_t fuse, fuse_ino_t ino, const char *name, size_t size)
{
	struct mount *mount = mount_of(fuse);
	struct namespace_attributes attributes;
	struct buffer value;
	int err;

	/* Only user.* exists. After this error `ls -l` no longer asks for two
	   others of each file. */
	if (strncmp(name, "user.", 5) != 0) {
		fuse_reply_err(fuse, EOPNOTSUPP);
		return;
	}
	if (control_is(ino)) {
		fuse_reply_err(fuse, ENODATA);
		return;
	}
	buffer_init(&value, 64 * 1024);
	err = namespace_getattr(mount->ns, ino, &attributes);
	if (!err && attributes.kind == NAMESPACE_FILE &&
	    strcmp(name, "user.caifs.cached_bytes") == 0)
		err = buffer_printf(&value, "%" PRId64,
				    data_cached_bytes(mount->data, ino));
	else if (!err)
		err = namespace_attribute(mount->ns, ino, name, &value);
	reply_value(fuse, &value, size, err);
	buffer_finish(&value);
}

void op_listxattr(fuse_req_t fuse, fuse_ino_t ino, size_t size)
{
	static const char cached_bytes[] = "user.caifs.cached_bytes";
	struct mount *mount = mount_of(fuse);
	struct namespace_attributes attributes;
	struct buffer names;
	int err;

	buffer_init(&names, 64 * 1024);
	if (control_is(ino)) {
		reply_value(fuse, &names, size, 0);
		return;
	}
	err = namespace_getattr(mount->ns, ino, &attributes);
	if (!err)
		err = namespace_attribute_names(mount->ns, ino, &names);
	if (!err && attributes.kind == NAMESPACE_FILE)
		err = buffer_append(&names, cached_bytes, sizeof(cached_bytes));
	reply_value(fuse, &names, size, err);
	buffer_finish(&names);
}
