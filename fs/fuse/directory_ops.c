/* Names and directories. A directory is read from the listing that was taken
   when it was opened, so that an offset is an index and a refresh in between
   neither hides an entry nor shows one twice. */

#include "caller.h"
#include "control.h"
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool unpark_name(struct request *request, int why)
{
	(void)why;
	return namespace_unpark(request->mount->ns, &request->waiter.waiter);
}

/* --- lookup --- */

static void reply_negative(struct request *request, int64_t valid_ms)
{
	/* Inode 0: no such name, and the kernel may cache that. */
	const struct fuse_entry_param entry = {
		.entry_timeout = (double)valid_ms / 1000,
	};

	request_detach(request);
	fuse_reply_entry(request->fuse, &entry);
}

static int attempt_lookup(struct request *request)
{
	struct mount *mount = request->mount;
	struct namespace_attributes found = {0};
	struct fuse_entry_param entry;
	int result = namespace_lookup(mount->ns, request->ino, request->name,
				      &request->waiter.waiter, &found);

	if (result == -ENOENT) {
		reply_negative(request, found.valid_ms);
		return REQUEST_ANSWERED;
	}
	if (result)
		return result;
	attributes_to_entry(mount, &found, &entry);
	request_detach(request);
	/* The kernel did not take the reply, so it counts no lookup. */
	if (fuse_reply_entry(request->fuse, &entry) < 0)
		namespace_forget(mount->ns, found.ino, 1);
	return REQUEST_ANSWERED;
}

void op_lookup(fuse_req_t fuse, fuse_ino_t parent, const char *name)
{
	static const struct request_kind kind = {"lookup", attempt_lookup,
						 unpark_name};
	const struct request template = {
		.kind = &kind,
		.ino = parent,
		.name = (char *)(uintptr_t)name,
	};

	if (control_is_name(parent, name)) {
		control_lookup(fuse, parent, name);
		return;
	}
	request_begin(mount_of(fuse), fuse, &template);
}

void op_forget(fuse_req_t fuse, fuse_ino_t ino, uint64_t count)
{
	if (!control_is(ino))
		namespace_forget(mount_of(fuse)->ns, ino, count);
	fuse_reply_none(fuse);
}

void op_forget_multi(fuse_req_t fuse, size_t count,
		     struct fuse_forget_data *forgets)
{
	struct namespace *ns = mount_of(fuse)->ns;

	for (size_t i = 0; i < count; i++)
		if (!control_is(forgets[i].ino))
			namespace_forget(ns, forgets[i].ino,
					 forgets[i].nlookup);
	fuse_reply_none(fuse);
}

void op_readlink(fuse_req_t fuse, fuse_ino_t ino)
{
	char *target;
	int err = namespace_readlink(mount_of(fuse)->ns, ino, &target);

	if (err) {
		fuse_reply_err(fuse, -err);
		return;
	}
	fuse_reply_readlink(fuse, target);
	free(target);
}

/* --- opendir --- */

static int attempt_opendir(struct request *request)
{
	struct mount *mount = request->mount;
	struct namespace_listing *listing;
	int result = namespace_open_directory(
		mount->ns, request->ino, &request->waiter.waiter, &listing);

	if (result)
		return result;
	request->file.fh = (uintptr_t)listing;
	recent_listings_note(&mount->listings,
			     caller_process(fuse_req_ctx(request->fuse)->pid),
			     request->ino);
	request_detach(request);
	if (fuse_reply_open(request->fuse, &request->file) < 0)
		namespace_close_directory(mount->ns, listing);
	return REQUEST_ANSWERED;
}

void op_opendir(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	static const struct request_kind kind = {"opendir", attempt_opendir,
						 unpark_name};
	const struct request template = {
		.kind = &kind, .ino = ino, .file = *fi};

	if (control_is(ino)) {
		control_open(fuse, ino, fi);
		return;
	}
	request_begin(mount_of(fuse), fuse, &template);
}

static struct namespace_listing *listing_of(const struct fuse_file_info *fi)
{
	return (struct namespace_listing *)(uintptr_t)fi->fh;
}

void op_releasedir(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi)
{
	if (control_is(ino)) {
		control_release(fuse, fi);
		return;
	}
	namespace_close_directory(mount_of(fuse)->ns, listing_of(fi));
	fuse_reply_err(fuse, 0);
}

/* --- readdir --- */

/* A reply to readdir or readdirplus. */
struct page {
	fuse_req_t fuse;
	struct mount *mount;
	struct namespace_listing *listing;
	char *bytes;
	size_t size, used;
	bool plus;
	int err; /* not 0: the reason why it ends early */
};

/* Offsets: "." is 0, ".." is 1, entry i is i + 2. */
enum { DOTS = 2 };

static bool add_dots(struct page *page, fuse_ino_t ino, off_t offset)
{
	const char *name = offset == 0 ? "." : "..";
	/* Inode 0 in the entry: readdirplus counts no lookup. */
	struct fuse_entry_param entry = {.attr = {.st_mode = S_IFDIR}};
	size_t room = page->size - page->used, needed;

	entry.attr.st_ino = ino;
	if (page->plus)
		needed = fuse_add_direntry_plus(page->fuse,
						page->bytes + page->used, room,
						name, &entry, offset + 1);
	else
		needed = fuse_add_direntry(page->fuse, page->bytes + page->used,
					   room, name, &entry.attr, offset + 1);
	if (needed > room)
		return false;
	page->used += needed;
	return true;
}

/* False: past the last, no room, or `page->err`. */
static bool add_entry(struct page *page, off_t offset)
{
	size_t room = page->size - page->used, needed;
	size_t index = (size_t)(offset - DOTS);
	char *at = page->bytes + page->used;
	struct namespace_attributes attributes;
	struct fuse_entry_param entry;
	const char *name;

	if (namespace_entry(page->listing, index, &name, &attributes))
		return false;
	attributes_to_entry(page->mount, &attributes, &entry);
	if (!page->plus) {
		needed = fuse_add_direntry(page->fuse, at, room, name,
					   &entry.attr, offset + 1);
	} else {
		needed = fuse_add_direntry_plus(page->fuse, NULL, 0, name, NULL,
						0);
		if (needed > room)
			return false;
		page->err = namespace_reference(page->mount->ns, page->listing,
						index, &entry.ino);
		if (page->err)
			return false;
		entry.attr.st_ino = entry.ino;
		fuse_add_direntry_plus(page->fuse, at, room, name, &entry,
				       offset + 1);
	}
	if (needed > room)
		return false;
	page->used += needed;
	return true;
}

/* The kernel did not take the page, so it counts no lookups of it. */
static void undo_lookups(struct page *page, off_t from, off_t to)
{
	struct namespace_attributes attributes;
	const char *name;

	for (off_t at = from < DOTS ? DOTS : from; at < to; at++)
		if (!namespace_entry(page->listing, (size_t)(at - DOTS), &name,
				     &attributes))
			namespace_forget(page->mount->ns, attributes.ino, 1);
}

static void read_directory(fuse_req_t fuse, fuse_ino_t ino, size_t size,
			   off_t offset, struct fuse_file_info *fi, bool plus)
{
	struct page page = {
		.fuse = fuse,
		.mount = mount_of(fuse),
		.listing = listing_of(fi),
		.bytes = malloc(size),
		.size = size,
		.plus = plus,
	};
	off_t at = offset;

	if (control_is(ino)) {
		free(page.bytes);
		control_readdir(fuse, size, offset, plus);
		return;
	}
	if (!page.bytes || offset < 0) {
		fuse_reply_err(fuse, page.bytes ? EINVAL : ENOMEM);
		free(page.bytes);
		return;
	}
	while (at < DOTS ? add_dots(&page, ino, at) : add_entry(&page, at))
		at++;
	/* An empty page would mean the end of the directory. */
	if (page.err && page.used == 0)
		fuse_reply_err(fuse, -page.err);
	else if (fuse_reply_buf(fuse, page.bytes, page.used) < 0 && plus)
		undo_lookups(&page, offset, at);
	free(page.bytes);
}

void op_readdir(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
		struct fuse_file_info *fi)
{
	read_directory(fuse, ino, size, offset, fi, false);
}

void op_readdirplus(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	read_directory(fuse, ino, size, offset, fi, true);
}
