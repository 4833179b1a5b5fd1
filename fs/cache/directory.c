/* The directory of a cache: see directory.h. */

#include "directory.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

enum { HEX = 32 };

static int refuse(int fd, int err, const char *path, const char *what,
		  char *why, size_t size)
{
	if (fd >= 0)
		close(fd);
	snprintf(why, size, "%s: %s", path, what);
	return err;
}

int directory_open(const char *path, int *ret_fd, char *why, size_t size)
{
	struct stat st;
	int fd;

	if (mkdir(path, 0700) && errno != EEXIST && errno != EROFS)
		return refuse(-1, -errno, path, strerror(errno), why, size);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return refuse(-1, -errno, path,
			      errno == ELOOP || errno == ENOTDIR
				      ? "not a directory, or a symbolic link"
				      : strerror(errno),
			      why, size);
	if (fstat(fd, &st))
		return refuse(fd, -errno, path, strerror(errno), why, size);
	if (st.st_uid != geteuid())
		return refuse(fd, -EPERM, path,
			      "belongs to another user: chown it, or choose "
			      "another directory",
			      why, size);
	if (st.st_mode & 077)
		return refuse(fd, -EPERM, path,
			      "open to other users, and scores are personal "
			      "data: chmod 700 it",
			      why, size);
	*ret_fd = fd;
	return 0;
}

void directory_name(const void *key, size_t size, const char *suffix,
		    char name[DIRECTORY_NAME])
{
	XXH128_hash_t hash = XXH3_128bits(key, size);

	snprintf(name, DIRECTORY_NAME, "%016llx%016llx%s",
		 (unsigned long long)hash.high64,
		 (unsigned long long)hash.low64, suffix);
}

bool directory_is_cache_name(const char *name, bool *ret_unfinished)
{
	for (int i = 0; i < HEX; i++)
		if (!isdigit((unsigned char)name[i]) &&
		    (name[i] < 'a' || name[i] > 'f'))
			return false;
	name += HEX;
	if (strncmp(name, ".part", 5) != 0 && strncmp(name, ".list", 5) != 0)
		return false;
	*ret_unfinished = strncmp(name + 5, ".new-", 5) == 0;
	return *ret_unfinished || name[5] == '\0';
}

int directory_open_fan(int fd, unsigned number, bool make, int *ret_fan)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	char name[8];
	int fan;

	snprintf(name, sizeof(name), "%02x", number & 0xff);
	fan = openat(fd, name, flags);
	if (fan < 0 && errno == ENOENT && make) {
		if (mkdirat(fd, name, 0700) && errno != EEXIST)
			return -errno;
		fan = openat(fd, name, flags);
	}
	if (fan < 0)
		return -errno;
	*ret_fan = fan;
	return 0;
}

static unsigned fan_of(const char *name)
{
	char digits[3] = {name[0], name[1], '\0'};

	return (unsigned)strtoul(digits, NULL, 16);
}

int directory_open_file(int fd, const char *name, int flags, int *ret_file)
{
	struct stat st;
	int fan, file, err;

	err = directory_open_fan(fd, fan_of(name), false, &fan);
	if (err)
		return err;
	/* O_NONBLOCK: opening a FIFO in its place must not hang. */
	file = openat(fan, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	err = file < 0 ? -errno : 0;
	close(fan);
	if (err)
		return err;
	if (fstat(file, &st) || !S_ISREG(st.st_mode)) {
		close(file);
		return -EBADMSG;
	}
	*ret_file = file;
	return 0;
}

int directory_begin(int fd, const char *name, struct directory_new *ret_new)
{
	static atomic_uint made;
	struct directory_new new;
	int err = directory_open_fan(fd, fan_of(name), true, &new.fan);

	if (err)
		return err;
	for (int i = 0; i < 16; i++) {
		snprintf(new.name, sizeof(new.name), "%s.new-%d-%u", name,
			 (int)getpid(), atomic_fetch_add(&made, 1));
		new.file = openat(new.fan, new.name,
				  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
					  O_CLOEXEC,
				  0600);
		if (new.file >= 0) {
			*ret_new = new;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	err = -errno;
	close(new.fan);
	return err;
}

int directory_commit(struct directory_new *new, const char *name, bool replace,
		     int *ret_file)
{
	int err = 0;

	if (replace) {
		if (renameat(new->fan, new->name, new->fan, name))
			err = -errno;
	} else if (linkat(new->fan, new->name, new->fan, name, 0)) {
		err = -errno;
	}
	if (err || !replace)
		unlinkat(new->fan, new->name, 0);
	close(new->fan);
	if (err || !ret_file)
		close(new->file);
	else
		*ret_file = new->file;
	return err;
}

void directory_abandon(struct directory_new *new)
{
	unlinkat(new->fan, new->name, 0);
	close(new->fan);
	close(new->file);
}

int directory_remove(int fd, const char *name)
{
	int fan, err = directory_open_fan(fd, fan_of(name), false, &fan);

	if (err)
		return err;
	if (unlinkat(fan, name, 0)) {
		err = -errno;
		if (err == -EISDIR && unlinkat(fan, name, AT_REMOVEDIR) == 0)
			err = 0;
	}
	close(fan);
	return err;
}

void directory_remove_open(int fd, const char *name, int file)
{
	struct stat open, named;
	int fan;

	if (directory_open_fan(fd, fan_of(name), false, &fan))
		return;
	if (fstat(file, &open) == 0 &&
	    fstatat(fan, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    open.st_ino == named.st_ino && open.st_dev == named.st_dev)
		unlinkat(fan, name, 0);
	close(fan);
}
