#ifndef CAIFS_CACHE_DIRECTORY_H
#define CAIFS_CACHE_DIRECTORY_H

/*
 * The directory of a cache: 256 subdirectories ("fans"), named by two hex
 * digits, with files whose names are hashes. A file is created under a
 * temporary name. No symbolic link is followed; every open is relative to a
 * descriptor.
 *
 * Any thread; waits for the disk. Functions that return int return 0 or a
 * negative errno.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	DIRECTORY_NAME = 40, /* with the NUL */
	DIRECTORY_FANS = 256,
};

/* Opens the directory; creates it if missing. On failure the reason is in
   `why`; -EPERM: another user owns it or may use it. */
int directory_open(const char *path, int *ret_fd, char *why, size_t size);

/* The hash of `size` bytes in hex, with `suffix`: ".part" or ".list". */
void directory_name(const void *key, size_t size, const char *suffix,
		    char name[DIRECTORY_NAME]);

/* Whether `name` can be a cache file's; `*ret_unfinished`: it is the temporary
   name of one. */
bool directory_is_cache_name(const char *name, bool *ret_unfinished);

/* Opens fan `number` (0 to 255); creates it if `make`. */
int directory_open_fan(int fd, unsigned number, bool make, int *ret_fan);

/* Opens an existing file. -EBADMSG: not a regular file. */
int directory_open_file(int fd, const char *name, int flags, int *ret_file);

/* A new file under a temporary name. End it with directory_commit() or
   directory_abandon(). */
struct directory_new {
	int fan, file;
	char name[DIRECTORY_NAME + 32];
};
int directory_begin(int fd, const char *name, struct directory_new *ret_new);

/* Gives the file its name. -EEXIST: the name is taken and `replace` is false.
   On success the caller owns `*ret_file`; NULL: the file is closed. Ends `new`
   on failure too. */
int directory_commit(struct directory_new *new, const char *name, bool replace,
		     int *ret_file);
/* Removes and closes the file. */
void directory_abandon(struct directory_new *new);

int directory_remove(int fd, const char *name);

/* Removes `name` if it is still the file that is open as `file`. */
void directory_remove_open(int fd, const char *name, int file);

#endif
