#ifndef CAIFS_NAMESPACE_H
#define CAIFS_NAMESPACE_H

/*
 * The tree: datasets, batches and parts, by name and by inode number. Answers
 * come from snapshots of listings. A listing that is missing or too old is
 * requested from the source (source.h), once for all operations that need it.
 *
 * No function blocks. One that takes a waiter returns NAMESPACE_PARKED instead:
 * the waiter is woken once (waiter.h), then the caller repeats the call with
 * the same arguments. Errors are negative errno; -ESTALE: no such inode.
 *
 * Any thread. One lock, taken inside; never held across a callback.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/source.h"
#include "caifs/waiter.h"

struct namespace;

enum { NAMESPACE_PARKED = 1, NAMESPACE_ROOT = 1 };

struct namespace_config {
	struct source *source; /* borrowed */
	int64_t ttl_ms;	       /* age limit of lists of datasets and batches;
				  below 1000: 1000 */
	bool show_latest;
};

/* Copies `config`. 0 or -ENOMEM. */
int namespace_create(const struct namespace_config *config,
		     struct namespace **ret_namespace);
/* Call after the source's threads have ended. NULL: no effect. Returns NULL. */
struct namespace *namespace_destroy(struct namespace *ns);

enum namespace_kind { NAMESPACE_DIRECTORY, NAMESPACE_FILE, NAMESPACE_LINK };

struct namespace_attributes {
	uint64_t ino;
	enum namespace_kind kind;
	int64_t size;	     /* bytes; link: of its target; directory: 0 */
	int64_t modified_ms; /* since 1970; 0: unknown */
	int64_t valid_ms;    /* may be cached this long from now on; 0: not */
};

/* Removes `waiter` from its list: it will not be woken. False: it is in none;
   it has been woken or is about to be. */
bool namespace_unpark(struct namespace *ns, struct waiter *waiter);

/* On success the inode's lookup count is increased by one. On -ENOENT
   `ret->valid_ms` tells how long the negative answer may be cached; the rest is
   unset. -ENAMETOOLONG, -ENOTDIR; -EIO: two things have one inode number; or
   the listing's error. */
int namespace_lookup(struct namespace *ns, uint64_t parent, const char *name,
		     struct waiter *waiter, struct namespace_attributes *ret);

/* Decreases the lookup count by `count`; at 0 the inode may be freed. An
   unknown `ino`: no effect. */
void namespace_forget(struct namespace *ns, uint64_t ino, uint64_t count);

int namespace_getattr(struct namespace *ns, uint64_t ino,
		      struct namespace_attributes *ret);

/* `*ret_target` is a copy; the caller frees it. -EINVAL: not a link. */
int namespace_readlink(struct namespace *ns, uint64_t ino, char **ret_target);

/* An open directory: its entries when it was opened. Later refreshes do not
   change it. Close it with namespace_close_directory(). */
struct namespace_listing;

int namespace_open_directory(struct namespace *ns, uint64_t ino,
			     struct waiter *waiter,
			     struct namespace_listing **ret_listing);
void namespace_close_directory(struct namespace *ns,
			       struct namespace_listing *listing);

/* Entry `index`; "." and ".." are not counted. -ENOENT: past the last.
   `*ret_name` is borrowed until the listing is closed. */
int namespace_entry(const struct namespace_listing *listing, size_t index,
		    const char **ret_name, struct namespace_attributes *ret);

/* Increases the lookup count of entry `index` by one; `index` must exist.
   -ENOMEM; -EIO: two things have one inode number.
   `ret_ino`: the number that its thing has now. */
int namespace_reference(struct namespace *ns,
			const struct namespace_listing *listing, size_t index,
			uint64_t *ret_ino);

/* What the data layer needs of a part. Strings are copies; free them with
   namespace_part_finish(). */
struct namespace_part {
	uint64_t ino;
	uint64_t directory; /* its batch, also for a part in a subdirectory */
	char *file_id, *path;
	int64_t size;
	bool attached; /* something is */
};
/* -EISDIR: not a part. */
int namespace_part(struct namespace *ns, uint64_t ino,
		   struct namespace_part *ret);
/* Sets at most `max` of `parts` to the parts that follow `ino` in its
   directory, by name. Returns how many; 0 when `ino` is not a known part. Their
   inodes are known from then on, though the kernel need not have looked them
   up: the last few hundred that were asked for so. */
size_t namespace_parts_after(struct namespace *ns, uint64_t ino,
			     struct namespace_part *parts, size_t max);
void namespace_part_finish(struct namespace_part *part);

/* What another layer keeps of a part for as long as its inode is known.
   `drop` is called once, without the namespace's lock, on whichever thread it
   was that the last of it was forgotten on. */
struct namespace_attachment {
	void (*drop)(struct namespace_attachment *attachment);
	struct namespace_attachment *next; /* the namespace's */
};

/* Takes it over. False: something is attached already, or the inode is not
   known any more; it is the caller's still. */
bool namespace_attach(struct namespace *ns, uint64_t ino,
		      struct namespace_attachment *attachment);

/* Another version of the part with this inode number has turned up: its name
   means another inode from now on, if it has meant this one until now. The old
   inode is as it was. Never fails visibly: where there is no memory for another
   number, the name keeps the old one. */
void namespace_retire(struct namespace *ns, uint64_t ino);

/* Provenance, as extended attributes: "user.caifs.batch_id" and so on. Appends
   the value without a NUL. -ENODATA: no such attribute, or no such inode. */
struct buffer;
int namespace_attribute(struct namespace *ns, uint64_t ino, const char *name,
			struct buffer *value);
/* Appends the names, each followed by a NUL, as listxattr(2) returns them. */
int namespace_attribute_names(struct namespace *ns, uint64_t ino,
			      struct buffer *names);

/* Writes "dataset/batch/part" for log lines, cut to `size` bytes; "/" for the
   root and for an unknown `ino`. */
void namespace_describe(struct namespace *ns, uint64_t ino, char *text,
			size_t size);

#endif
