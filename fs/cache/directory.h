#ifndef CAIFS_CACHE_DIRECTORY_H
#define CAIFS_CACHE_DIRECTORY_H

/*
 * The directory of a cache, and how files in it are named and opened: 256
 * directories, in them files whose names are hashes, made under another name
 * first. No symbolic link is followed, and nothing is opened by a path.
 *
 * Any thread; all of it waits for the disk.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	DIRECTORY_NAME = 40, /* with the NUL */
	DIRECTORY_FANS = 256,
};

/* -EPERM and others, with `why` told, when it is not private. */
int directory_open(const char *path, int *ret_fd, char *why, size_t size);

/* The hash of `size` bytes in hex, with `suffix`: ".part" or ".list". */
void directory_name(const void *key, size_t size, const char *suffix,
		    char name[DIRECTORY_NAME]);

/* Is that the name of a file of ours, or of one that is being made? */
bool directory_is_ours(const char *name, bool *ret_unfinished);

/* The fan with that number, made if `make`. */
int directory_open_fan(int fd, unsigned number, bool make, int *ret_fan);

/* A regular file of ours that is there. */
int directory_open_file(int fd, const char *name, int flags, int *ret_file);

/* A new file; to be put in its place by either of the next two. */
struct directory_new {
	int fan, file;
	char name[DIRECTORY_NAME + 32];
};
int directory_begin(int fd, const char *name, struct directory_new *ret_new);

/* Gives it its name; -EEXIST when there is one already, unless `replace`. The
   open file, unless `ret_file` is NULL, is the caller's. */
int directory_commit(struct directory_new *new, const char *name, bool replace,
		     int *ret_file);
void directory_abandon(struct directory_new *new);

int directory_remove(int fd, const char *name);

/* If it is still the file that is open as `file`. */
void directory_remove_open(int fd, const char *name, int file);

#endif
