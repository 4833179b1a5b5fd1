/* The parts at and below paths: see warm_list.h. */

#include "warm_list.h"

#include "caifs/print_error.h"
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caifs/array.h"
#include "caifs/disk_cached.h"
#include "caifs/settings.h"
#include "mounts/mounts.h"

/* The ceiling of one listing. */
enum { MAX_PARTS = 1000000 };

int warm_list_check(const char *path)
{
	struct disk_cached_range range = {0};
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &status) ? -errno : mounts_has(status.st_dev);
	if (err == 0) {
		print_error("%s: not in a mount of caifs", path);
		err = -EINVAL;
	} else if (err > 0 && ioctl(fd, DISK_CACHED_ASK, &range)) {
		err = -errno;
		if (err == -ENOTTY) {
			print_error("%s: its mount has no disk cache: mount "
				    "with -o cache_dir=DIR",
				    path);
			err = -EINVAL;
		}
	}
	close(fd);
	return err < 0 ? err : 0;
}

static int add(struct warm_list *list, const FTSENT *entry)
{
	struct warm_key key = {.device = entry->fts_statp->st_dev,
			       .inode = entry->fts_statp->st_ino};
	struct warm_part *part;
	void *parts = list->parts;
	bool room = array_grow(&parts, &list->room, list->count,
			       sizeof(struct warm_part *));

	list->parts = parts;
	if (!room)
		return -ENOMEM;
	HASH_FIND(hh, list->known, &key, sizeof(key), part);
	if (part)
		return 0;
	part = warm_part_create(entry->fts_path, &key,
				entry->fts_statp->st_size);
	if (!part)
		return -ENOMEM;
	HASH_ADD(hh, list->known, key, sizeof(part->key), part);
	if (!part->hh.tbl) {
		warm_part_destroy(part);
		return -ENOMEM;
	}
	list->parts[list->count++] = part;
	return 0;
}

int warm_list_add(struct warm_list *list, const char *path,
		  bool (*is_stopped)(void *data),
		  void (*failed)(void *data, const char *path, int err),
		  void *data)
{
	char *copy = strdup(path);
	char *paths[] = {copy, NULL};
	FTSENT *entry;
	FTS *walk;
	int err = 0;

	/* Follow a link that is an argument (`latest`), not one found on the
	   way: its batch is in the same directory. */
	walk = copy ? fts_open(paths,
			       FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR |
				       FTS_XDEV,
			       NULL)
		    : NULL;
	if (!walk) {
		free(copy);
		return -ENOMEM;
	}
	while (!err && !is_stopped(data) && (entry = fts_read(walk))) {
		switch (entry->fts_info) {
		case FTS_F:
			err = list->count < MAX_PARTS ? add(list, entry)
						      : -ENOMEM;
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			failed(data, entry->fts_path, -entry->fts_errno);
			break;
		default:
			break;
		}
	}
	fts_close(walk);
	free(copy);
	return err;
}

void warm_list_finish(struct warm_list *list)
{
	HASH_CLEAR(hh, list->known);
	for (size_t i = 0; i < list->count; i++)
		warm_part_destroy(list->parts[i]);
	free(list->parts);
	*list = (struct warm_list){0};
}
