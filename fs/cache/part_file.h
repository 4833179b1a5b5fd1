#ifndef CAIFS_CACHE_PART_FILE_H
#define CAIFS_CACHE_PART_FILE_H

/*
 * The cache's file of one part, sparse: a header with the part's key and
 * version, an entry for each page, the pages. An entry is the checksum of its
 * page, seeded with the header and the page's number: it is right only for that
 * page, at that place, of that version. An entry of zeros: the page is not
 * there. Pages are written before their entries; whatever a crash leaves of the
 * two, either they match or the page is a miss.
 *
 * The version of a file never changes: another version is another file.
 *
 * Any thread; no locks; waits for the disk. Several threads and processes may
 * read and write one file. Functions that return int return 0 or a negative
 * errno.
 */

#include <stdbool.h>
#include <stdint.h>

#include "caifs/source.h"
#include "directory.h"

enum { PART_FILE_PAGE = 4096 };

struct part_key {
	uint64_t scope;
	const char *file_id, *path;
	int64_t size; /* of the part, in bytes */
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

/* 0, or -ENOMEM. `*ret_key` borrows the range's strings. */
int part_key_make(uint64_t scope, const struct source_range *range,
		  struct part_key *ret_key);

/* The caller closes ret_file->fd. -ENOENT: no file. -EBADMSG: damaged, or a
   file of another part. */
int part_file_open(int directory, const struct part_key *key,
		   struct part_file *ret_file);

/* The caller closes ret_file->fd. -EEXIST: there is a file already. -EMSGSIZE:
   the key does not fit into a header. */
int part_file_create(int directory, const struct part_key *key,
		     const char *version, struct part_file *ret_file);

/* Whether it has been removed, by this or another process. */
bool part_file_is_gone(const struct part_file *file);

/* Marks it as used now, for eviction. */
void part_file_touch(const struct part_file *file);

/* Reads the entries of pages [first, first + count). */
int part_file_read_entries(const struct part_file *file, int64_t first,
			   size_t count, struct page_entry *entries);

/* Reads pages [first, first + count), whose entries these are. Returns how many
   match their entries, counted from the first up to one that does not; 0 also
   when the disk fails. */
size_t part_file_read(const struct part_file *file, int64_t first, size_t count,
		      const struct page_entry *entries, char *bytes);

/* Writes pages from `first` on, then their entries. `size` must be whole pages,
   or end at the end of the part. */
int part_file_write(const struct part_file *file, int64_t first,
		    const char *bytes, size_t size);

/* Marks a damaged page as not there. */
void part_file_drop_page(const struct part_file *file, int64_t page);

#endif
