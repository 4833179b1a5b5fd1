#ifndef CAIFS_NAMESPACE_H
#define CAIFS_NAMESPACE_H

/*
 * The tree: datasets, batches, parts, by name and by inode number. It answers
 * from snapshots of listings and has the source (source.h) asked for those it
 * lacks, one at a time per directory however many need it.
 *
 * No function waits. Those that take a waiter return NAMESPACE_PARKED when
 * they would have to: the waiter is woken (waiter.h) when it is worth calling
 * again with the same arguments.
 *
 * Any thread. One lock, taken within; never held across a callback.
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
	int64_t ttl_ms;	       /* age limit of lists of datasets and batches */
	bool show_latest;
};

int namespace_create(const struct namespace_config *config,
		     struct namespace **ret_namespace);
/* After the source's threads have ended. NULL is fine; returns NULL. */
struct namespace *namespace_destroy(struct namespace *ns);

enum namespace_kind { NAMESPACE_DIRECTORY, NAMESPACE_FILE, NAMESPACE_LINK };

struct namespace_attributes {
	uint64_t ino;
	enum namespace_kind kind;
	int64_t size;
	int64_t modified_ms; /* since 1970 */
	int64_t valid_ms;    /* how long this may be believed from now on */
};

/* Takes `waiter` back. False: it waits for nothing any more; it has been woken
   or is about to be. */
bool namespace_unpark(struct namespace *ns, struct waiter *waiter);

/* Counts one lookup of what it finds. -ENOENT sets `ret->valid_ms` only. */
int namespace_lookup(struct namespace *ns, uint64_t parent, const char *name,
		     struct waiter *waiter, struct namespace_attributes *ret);

/* Takes `count` lookups back. */
void namespace_forget(struct namespace *ns, uint64_t ino, uint64_t count);

int namespace_getattr(struct namespace *ns, uint64_t ino,
		      struct namespace_attributes *ret);

/* A copy, the caller's to free. */
int namespace_readlink(struct namespace *ns, uint64_t ino, char **ret_target);

/* Reading a directory: one moment of it, held until it is closed. */
struct namespace_listing;

int namespace_open_directory(struct namespace *ns, uint64_t ino,
			     struct waiter *waiter,
			     struct namespace_listing **ret_listing);
void namespace_close_directory(struct namespace *ns,
			       struct namespace_listing *listing);

/* Entry `index`, without "." and "..": -ENOENT past the last. `ret_name` is
   borrowed from the listing. */
int namespace_entry(const struct namespace_listing *listing, size_t index,
		    const char **ret_name, struct namespace_attributes *ret);

/* Counts one lookup of entry `index`. */
int namespace_reference(struct namespace *ns,
			const struct namespace_listing *listing, size_t index);

/* What the data layer needs of a part. Strings are copies to be freed with
   namespace_part_finish(). -EISDIR. */
struct namespace_part {
	uint64_t ino;
	uint64_t directory; /* the batch that it is in, however deep */
	char *file_id, *path;
	int64_t size;
};
int namespace_part(struct namespace *ns, uint64_t ino,
		   struct namespace_part *ret);
/* The parts that come after it in its directory, `max` at the most; how many
   there are. */
size_t namespace_parts_after(struct namespace *ns, uint64_t ino,
			     struct namespace_part *parts, size_t max);
void namespace_part_finish(struct namespace_part *part);

/* Provenance, as extended attributes: "user.caifs.batch_id" and so on. The
   value has no NUL. -ENODATA: no such attribute here. */
struct buffer;
int namespace_attribute(struct namespace *ns, uint64_t ino, const char *name,
			struct buffer *value);
/* NUL-separated, as listxattr(2) wants it. */
int namespace_attribute_names(struct namespace *ns, uint64_t ino,
			      struct buffer *names);

/* "dataset/batch/part" for log lines, from what is known; never fails. */
void namespace_describe(struct namespace *ns, uint64_t ino, char *text,
			size_t size);

#endif
