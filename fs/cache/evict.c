/* Eviction: see evict.h. */

#include "evict.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"

/* A temporary file older than this was left by a crash. */
enum { UNFINISHED_SECONDS = 3600, MAX_FILES = 4 * 1000 * 1000 };

struct found {
	int64_t used_ns, bytes;
	char name[DIRECTORY_NAME];
};

struct evict {
	int directory;
	struct found *files;
	size_t count, capacity;
	int64_t bytes;
};

int64_t evict_free_bytes(int directory)
{
	struct statvfs fs;

	if (fstatvfs(directory, &fs))
		return -errno;
	return (int64_t)(fs.f_bavail * fs.f_frsize);
}

int64_t evict_default_free_floor(int directory)
{
	const int64_t usual = INT64_C(1) << 30;
	struct statvfs fs;
	int64_t part;

	if (fstatvfs(directory, &fs))
		return usual;
	part = (int64_t)(fs.f_blocks * fs.f_frsize) / 20;
	return part < usual ? part : usual;
}

static int append(struct evict *evict, const char *name, const struct stat *st)
{
	struct found *file;

	if (evict->count == evict->capacity) {
		size_t capacity = evict->capacity ? evict->capacity * 2 : 1024;
		struct found *files = NULL;

		if (capacity <= MAX_FILES)
			files = reallocarray(evict->files, capacity,
					     sizeof(*files));
		if (!files)
			return -ENOMEM;
		evict->files = files;
		evict->capacity = capacity;
	}
	file = &evict->files[evict->count++];
	file->used_ns =
		(int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	file->bytes = (int64_t)st->st_blocks * 512;
	strcpy(file->name, name);
	evict->bytes += file->bytes;
	return 0;
}

static int add_file(struct evict *evict, int fan, const char *name)
{
	bool unfinished;
	struct stat st;

	if (!directory_is_cache_name(name, &unfinished) ||
	    fstatat(fan, name, &st, AT_SYMLINK_NOFOLLOW) || S_ISDIR(st.st_mode))
		return 0;
	if (!unfinished)
		return append(evict, name, &st);
	if (time(NULL) - st.st_mtim.tv_sec > UNFINISHED_SECONDS)
		unlinkat(fan, name, 0);
	return 0;
}

static int add_fan(struct evict *evict, unsigned number)
{
	struct dirent *entry;
	int fan,
		err = directory_open_fan(evict->directory, number, false, &fan);
	DIR *stream;

	if (err)
		return err == -ENOENT ? 0 : err;
	stream = fdopendir(fan);
	if (!stream) {
		err = -errno;
		close(fan);
		return err;
	}
	while (!err && (entry = readdir(stream)))
		err = add_file(evict, fan, entry->d_name);
	closedir(stream);
	return err;
}

static int oldest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->used_ns > y->used_ns) - (x->used_ns < y->used_ns);
}

static void remove_oldest(struct evict *evict,
			  const struct evict_bounds *bounds,
			  struct evict_result *result)
{
	int64_t over = evict->bytes > bounds->max_bytes
			       ? evict->bytes - bounds->max_bytes / 10 * 9
			       : 0;
	int64_t available = evict_free_bytes(evict->directory);

	if (available >= 0 && bounds->free_bytes - available > over)
		over = bounds->free_bytes - available;
	if (over <= 0 || !evict->count)
		return;
	qsort(evict->files, evict->count, sizeof(*evict->files), oldest_first);
	for (size_t i = 0; i < evict->count && result->removed_bytes < over;
	     i++) {
		if (directory_remove(evict->directory, evict->files[i].name))
			continue;
		result->removed_bytes += evict->files[i].bytes;
		result->removed_files++;
	}
}

int evict_run(int directory, const struct evict_bounds *bounds,
	      struct evict_result *ret_result)
{
	struct evict evict = {.directory = directory};
	struct evict_result result = {0};
	int err = 0;

	for (unsigned i = 0; !err && i < DIRECTORY_FANS; i++)
		err = add_fan(&evict, i);
	if (!err) {
		remove_oldest(&evict, bounds, &result);
		result.held_bytes = evict.bytes - result.removed_bytes;
		*ret_result = result;
	}
	free(evict.files);
	return err;
}
