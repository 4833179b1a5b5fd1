/* `.caifs`: see control.h. */

#include "control.h"

#include "caifs/buffer.h"
#include "mount_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Below the tree's inode numbers (INODE_NUMBER_FIRST). */
enum { FOLDER = 2, FIRST_FILE = 3 };

enum { TEXT_MAX = 1024 * 1024 };

static const struct {
	const char *name;
	enum mount_report report;
} files[] = {
	{"status.json", MOUNT_REPORT_JSON},
	{"metrics", MOUNT_REPORT_METRICS},
};

enum { FILES = sizeof(files) / sizeof(files[0]) };

bool control_is(fuse_ino_t ino)
{
	return ino >= FOLDER && ino < FIRST_FILE + FILES;
}

bool control_is_name(fuse_ino_t parent, const char *name)
{
	return parent == FOLDER ||
	       (parent == FUSE_ROOT_ID && strcmp(name, ".caifs") == 0);
}

/* FUSE_ROOT_ID: no such name. */
static fuse_ino_t find(fuse_ino_t parent, const char *name)
{
	if (parent == FUSE_ROOT_ID)
		return FOLDER;
	for (fuse_ino_t i = 0; i < FILES; i++)
		if (strcmp(files[i].name, name) == 0)
			return FIRST_FILE + i;
	return FUSE_ROOT_ID;
}

/* A file has no length before it is opened, so its size is given as 0. It is
   opened with direct_io, so that it is read to its end all the same. */
static struct stat attributes_of(const struct mount *mount, fuse_ino_t ino)
{
	mode_t mode = ino == FOLDER ? S_IFDIR | 0555 : S_IFREG | 0444;

	return (struct stat){
		.st_ino = ino,
		.st_mode = mode & ~mount->config.umask,
		.st_nlink = ino == FOLDER ? 2 : 1,
		.st_uid = mount->config.uid,
		.st_gid = mount->config.gid,
	};
}

void control_lookup(fuse_req_t fuse, fuse_ino_t parent, const char *name)
{
	fuse_ino_t ino = find(parent, name);
	struct fuse_entry_param entry = {
		.ino = ino,
		.attr = attributes_of(mount_of(fuse), ino),
		.attr_timeout = 3600,
		.entry_timeout = 3600,
	};

	if (ino == FUSE_ROOT_ID)
		fuse_reply_err(fuse, ENOENT);
	else
		fuse_reply_entry(fuse, &entry);
}

void control_getattr(fuse_req_t fuse, fuse_ino_t ino)
{
	struct stat stat = attributes_of(mount_of(fuse), ino);

	fuse_reply_attr(fuse, &stat, 3600);
}

void control_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	const struct mount_config *config = &mount_of(fuse)->config;
	struct buffer text;
	int err;

	if (ino == FOLDER) {
		fi->fh = 0;
		fuse_reply_open(fuse, fi);
		return;
	}
	buffer_init(&text, TEXT_MAX);
	err = config->report(config->report_data,
			     files[ino - FIRST_FILE].report, &text);
	if (!err)
		fi->fh = (uintptr_t)buffer_steal(&text);
	buffer_finish(&text);
	if (err || !fi->fh) {
		fuse_reply_err(fuse, err ? -err : ENOMEM);
		return;
	}
	fi->direct_io = 1;
	if (fuse_reply_open(fuse, fi) < 0)
		free((char *)(uintptr_t)fi->fh);
}

void control_read(fuse_req_t fuse, size_t size, off_t offset,
		  struct fuse_file_info *fi)
{
	const char *text = (const char *)(uintptr_t)fi->fh;
	size_t length = strlen(text), at = (size_t)offset;
	char *copy;

	if (at > length)
		at = length;
	if (size > length - at)
		size = length - at;
	/* Reply from a copy: before fuse_reply_buf() returns, another thread
	   may release the file and free its text. */
	copy = malloc(size ? size : 1);
	if (!copy) {
		fuse_reply_err(fuse, ENOMEM);
		return;
	}
	memcpy(copy, text + at, size);
	fuse_reply_buf(fuse, copy, size);
	free(copy);
}

void control_release(fuse_req_t fuse, struct fuse_file_info *fi)
{
	free((char *)(uintptr_t)fi->fh);
	fuse_reply_err(fuse, 0);
}

void control_readdir(fuse_req_t fuse, size_t size, off_t offset, bool plus)
{
	char page[1024];
	size_t used = 0;

	if (size > sizeof(page))
		size = sizeof(page);
	for (off_t i = offset; i < FILES; i++) {
		/* Inode 0 in the entry: readdirplus counts no lookup. */
		const struct fuse_entry_param entry = {
			.attr = {.st_ino = (ino_t)(FIRST_FILE + i),
				 .st_mode = S_IFREG},
		};
		const char *name = files[i].name;
		size_t room = size - used;
		size_t needed =
			plus ? fuse_add_direntry_plus(fuse, page + used, room,
						      name, &entry, i + 1)
			     : fuse_add_direntry(fuse, page + used, room, name,
						 &entry.attr, i + 1);

		if (needed > room)
			break;
		used += needed;
	}
	fuse_reply_buf(fuse, page, used);
}
