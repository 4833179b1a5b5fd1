#ifndef CAIFS_CACHE_OBJECT_H
#define CAIFS_CACHE_OBJECT_H

/*
 * What is kept of one part, a sparse file: a header that says of what it is
 * and in which version, an entry for each page, the pages. An entry is the
 * checksum of its page under a seed made of the header and the page's number,
 * so that it speaks for that page in that place of that version alone; of
 * nothing but zeros, it says that the page is not there. Pages are written
 * before their entries; but whatever a crash leaves of the two, either they
 * match or the page is a miss.
 *
 * The version of a file never changes: another one is another file.
 *
 * Any thread; no locks, all of it waits for the disk. Several threads and
 * processes may read and write one file.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/source.h"
#include "directory.h"

enum { OBJECT_PAGE = 4096 };

struct object_key {
	uint64_t scope;
	const char *file_id, *path;
	int64_t size; /* of the part */
	char name[DIRECTORY_NAME];
};

struct object_file {
	int fd;
	int64_t size;
	uint64_t seed;
	char version[SOURCE_VERSION_SIZE];
};

struct object_entry {
	uint64_t low, high;
};

static inline bool object_has(const struct object_entry *entry)
{
	return entry->low || entry->high;
}

/* 0, or -ENOMEM. The strings are borrowed. */
int object_key_make(uint64_t scope, const struct source_range *range,
		    struct object_key *ret_key);

/* -ENOENT: there is none. -EBADMSG: there is something else. */
int object_open(int directory, const struct object_key *key,
		struct object_file *ret_file);

/* -EEXIST; -EMSGSIZE: its key is too long to be kept. */
int object_create(int directory, const struct object_key *key,
		  const char *version, struct object_file *ret_file);

/* It has been removed, by us or by another process. */
bool object_is_gone(const struct object_file *file);

/* It has been used. */
void object_touch(const struct object_file *file);

/* `count` entries from that of page `first` on. */
int object_read_entries(const struct object_file *file, int64_t first,
			size_t count, struct object_entry *entries);

/* The pages that belong to these entries. Returns how many of them are right,
   from the first on. */
size_t object_read(const struct object_file *file, int64_t first, size_t count,
		   const struct object_entry *entries, char *bytes);

/* Whole pages, but for the end of the part. */
int object_write(const struct object_file *file, int64_t first,
		 const char *bytes, size_t size);

/* The page is damaged: as if it were not there. */
void object_drop_page(const struct object_file *file, int64_t page);

#endif
