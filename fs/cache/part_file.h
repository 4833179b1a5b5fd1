#ifndef CAIFS_CACHE_PART_FILE_H
#define CAIFS_CACHE_PART_FILE_H

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

enum { PART_FILE_PAGE = 4096 };

struct part_key {
	uint64_t scope;
	const char *file_id, *path;
	int64_t size; /* of the part */
	char name[DIRECTORY_NAME];
};

struct part_file {
	int fd;
	int64_t size;
	uint64_t seed;
	char version[SOURCE_VERSION_SIZE];
};

struct page_entry {
	uint64_t low, high;
};

static inline bool page_entry_is_set(const struct page_entry *entry)
{
	return entry->low || entry->high;
}

/* 0, or -ENOMEM. The strings are borrowed. */
int part_key_make(uint64_t scope, const struct source_range *range,
		  struct part_key *ret_key);

/* -ENOENT: there is none. -EBADMSG: there is something else. */
int part_file_open(int directory, const struct part_key *key,
		   struct part_file *ret_file);

/* -EEXIST; -EMSGSIZE: its key is too long to be kept. */
int part_file_create(int directory, const struct part_key *key,
		     const char *version, struct part_file *ret_file);

/* It has been removed, by us or by another process. */
bool part_file_is_gone(const struct part_file *file);

/* It has been used. */
void part_file_touch(const struct part_file *file);

/* `count` entries from that of page `first` on. */
int part_file_read_entries(const struct part_file *file, int64_t first,
			   size_t count, struct page_entry *entries);

/* The pages that belong to these entries. Returns how many of them are right,
   from the first on. */
size_t part_file_read(const struct part_file *file, int64_t first, size_t count,
		      const struct page_entry *entries, char *bytes);

/* Whole pages, but for the end of the part. */
int part_file_write(const struct part_file *file, int64_t first,
		    const char *bytes, size_t size);

/* The page is damaged: as if it were not there. */
void part_file_drop_page(const struct part_file *file, int64_t page);

#endif
