/* One part for `caifs warm`: see warm_part.h. */

#include "warm_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caifs/array.h"
#include "caifs/data.h"
#include "caifs/disk_cached.h"
#include "caifs/minmax.h"

enum {
	PAGE = DATA_PAGE,
	READ_SIZE = DATA_MAX_READ,
	/* The unit of asking and of reading: a segment that lacks something is
	   read whole; what is cached of it causes no request. */
	SEGMENT = 16 * 1024 * 1024,
	/* When a program reads a chunk's end, the kernel reads ahead by two of
	   its windows: have these cached, too. */
	KERNEL_READS_ON = 2 * DATA_KERNEL_WINDOW,
};

struct ranges {
	struct warm_range *at;
	size_t count, room;
	int64_t lacking; /* bytes not cached; the ranges are longer or equal */
};

struct warm_part *warm_part_create(const char *path, const struct warm_key *key,
				   int64_t size)
{
	struct warm_part *part = calloc(1, sizeof(*part));

	if (!part)
		return NULL;
	part->path = strdup(path);
	if (!part->path) {
		free(part);
		return NULL;
	}
	part->key.device = key->device;
	part->key.inode = key->inode;
	part->size = size;
	return part;
}

void warm_part_destroy(struct warm_part *part)
{
	free(part->ranges);
	free(part->path);
	free(part);
}

/* O_DIRECT: every read goes to the mount, not to the kernel's page cache. */
static int open_part(const struct warm_part *part)
{
	int fd = open(part->path, O_RDONLY | O_DIRECT | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int ask(int fd, const struct warm_range *range,
	       struct disk_cached_range *ret_cached)
{
	*ret_cached = (struct disk_cached_range){
		.offset = range->start,
		.size = range->end - range->start,
	};
	return ioctl(fd, DISK_CACHED_ASK, ret_cached) ? -errno : 0;
}

/* --- What is wanted --- */

static int want(struct warm_part *part, int64_t start, int64_t end)
{
	struct warm_range range = {start - start % PAGE,
				   min64(end, part->size)};
	void *ranges = part->ranges;
	bool room = array_grow(&ranges, &part->range_room, part->range_count,
			       sizeof(range));

	part->ranges = ranges;
	if (!room)
		return -ENOMEM;
	if (range.start < range.end)
		part->ranges[part->range_count++] = range;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct warm_range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

/* Sorts the ranges and merges those that touch; sums up `wanted`. */
static void tidy(struct warm_part *part)
{
	size_t count = 0;

	if (part->range_count)
		qsort(part->ranges, part->range_count, sizeof(part->ranges[0]),
		      by_start);
	for (size_t i = 0; i < part->range_count; i++) {
		struct warm_range *last =
			count ? &part->ranges[count - 1] : NULL;

		if (last && part->ranges[i].start <= last->end)
			last->end = max64(last->end, part->ranges[i].end);
		else
			part->ranges[count++] = part->ranges[i];
	}
	part->range_count = count;
	part->wanted = 0;
	for (size_t i = 0; i < count; i++)
		part->wanted += part->ranges[i].end - part->ranges[i].start;
}

/* Reads exactly `size` bytes; -EIO at the end of the file. */
static int read_all(int fd, char *bytes, int64_t size, int64_t offset)
{
	while (size) {
		ssize_t got = pread(fd, bytes, (size_t)min64(size, READ_SIZE),
				    offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EIO;
		bytes += got;
		size -= got;
		offset += got;
	}
	return 0;
}

static int not_understood(int err)
{
	return err == -EINVAL ? -ENOTSUP : err;
}

static int read_footer(struct warm_part *part, int fd, char **ret_bytes,
		       int64_t *ret_start)
{
	char tail[PARQUET_TAIL], *bytes;
	int64_t start, end = part->size - PARQUET_TAIL;
	int err;

	if (end < 0)
		return -ENOTSUP;
	err = read_all(fd, tail, sizeof(tail), end);
	if (err)
		return err;
	err = parquet_footer_place(tail, part->size, &start);
	if (err)
		return not_understood(err);
	bytes = malloc((size_t)(end - start));
	if (!bytes)
		return -ENOMEM;
	err = read_all(fd, bytes, end - start, start);
	if (err) {
		free(bytes);
		return err;
	}
	*ret_bytes = bytes;
	*ret_start = start;
	return 0;
}

static int want_chunks(struct warm_part *part,
		       const struct parquet_footer *footer, const bool *wanted)
{
	int err = 0;

	for (size_t i = 0; i < footer->count && !err; i++) {
		const struct parquet_chunk *chunk = &footer->chunks[i];
		int64_t end = chunk->end + PAGE - 1;

		if (wanted[chunk->column])
			err = want(part, chunk->start,
				   end - end % PAGE + KERNEL_READS_ON);
	}
	return err;
}

static int want_columns(struct warm_part *part, struct columns *columns,
			const char *bytes, size_t size)
{
	struct parquet_footer *footer;
	struct parquet_names *names;
	bool *wanted;
	int err = parquet_footer_decode(bytes, size, part->size, &footer);

	if (err)
		return not_understood(err);
	err = not_understood(parquet_names_decode(bytes, size, &names));
	if (err)
		goto free_footer;
	/* The schema and the row groups must have the same columns. */
	if (footer->row_groups && footer->columns != names->count)
		err = -ENOTSUP;
	wanted = calloc(names->count + 1, sizeof(*wanted));
	if (!err && !wanted)
		err = -ENOMEM;
	if (err) {
		free(names);
	} else {
		columns_choose(columns, names, wanted);
		err = want_chunks(part, footer, wanted);
	}
	free(wanted);
free_footer:
	free(footer);
	return err;
}

static int plan_columns(struct warm_part *part, struct columns *columns, int fd)
{
	char *bytes;
	int64_t start;
	int err = read_footer(part, fd, &bytes, &start);

	if (err)
		return err;
	err = want_columns(part, columns, bytes,
			   (size_t)(part->size - PARQUET_TAIL - start));
	free(bytes);
	/* A mount fetches at least DATA_TAIL bytes of a part's end. */
	if (!err)
		err = want(part, max64(min64(start, part->size - DATA_TAIL), 0),
			   part->size);
	return err;
}

int warm_part_plan(struct warm_part *part, struct columns *columns)
{
	const struct warm_range none = {0};
	struct disk_cached_range cached;
	int fd = open_part(part);
	int err = fd < 0 ? fd : ask(fd, &none, &cached);

	if (!err) {
		part->max = cached.max;
		err = columns ? plan_columns(part, columns, fd)
			      : want(part, 0, part->size);
	}
	if (fd >= 0)
		close(fd);
	if (!err)
		tidy(part);
	return err;
}

/* --- What is missing --- */

static int note_missing(struct ranges *missing, int64_t start, int64_t end)
{
	struct warm_range *last =
		missing->count ? &missing->at[missing->count - 1] : NULL;
	void *ranges = missing->at;
	bool room;

	if (last && last->end == start) {
		last->end = end;
		return 0;
	}
	room = array_grow(&ranges, &missing->room, missing->count,
			  sizeof(missing->at[0]));
	missing->at = ranges;
	if (!room)
		return -ENOMEM;
	missing->at[missing->count++] = (struct warm_range){start, end};
	return 0;
}

/* Asks about all ranges before any is read: where something is missing, the
   mount drops the part's blocks from memory, prefetched ones too. */
static int find_missing(const struct warm_part *part, int fd,
			struct ranges *missing)
{
	int err = 0;

	missing->count = 0;
	missing->lacking = 0;
	for (size_t i = 0; i < part->range_count && !err; i++) {
		struct warm_range segment = {.start = part->ranges[i].start};
		struct disk_cached_range cached;

		for (; segment.start < part->ranges[i].end && !err;
		     segment.start = segment.end) {
			segment.end = min64(segment.start + SEGMENT,
					    part->ranges[i].end);
			err = ask(fd, &segment, &cached);
			if (!err && cached.bytes < cached.size) {
				missing->lacking += cached.size - cached.bytes;
				err = note_missing(missing, segment.start,
						   segment.end);
			}
		}
	}
	return err;
}

static int64_t length_of(const struct ranges *ranges)
{
	int64_t length = 0;

	for (size_t i = 0; i < ranges->count; i++)
		length += ranges->at[i].end - ranges->at[i].start;
	return length;
}

static int read_ranges(int fd, const struct ranges *ranges, char *bytes,
		       struct progress_counts *counts, const atomic_bool *stop)
{
	for (size_t i = 0; i < ranges->count; i++) {
		int64_t at = ranges->at[i].start, end = ranges->at[i].end;

		while (at < end) {
			int64_t size = min64(end - at, READ_SIZE);
			int err = atomic_load(stop)
					  ? -ECANCELED
					  : read_all(fd, bytes, size, at);

			if (err)
				return err;
			at += size;
			if (!counts)
				continue;
			atomic_fetch_add(&counts->done, size);
			atomic_fetch_add(&counts->brought, size);
		}
	}
	return 0;
}

/* Reads what is missing and asks again, since the cache drops pages when the
   disk is slower than the platform. -ENOSPC: a round made no progress. */
static int fill(struct warm_part *part, int fd, char *bytes,
		struct ranges *missing, struct progress_counts *counts,
		const atomic_bool *stop)
{
	int64_t lacked = INT64_MAX;

	for (bool first = true;; first = false) {
		int err = find_missing(part, fd, missing);

		if (err)
			return err;
		if (first) {
			part->before = part->wanted - missing->lacking;
			atomic_fetch_add(&counts->done,
					 part->wanted - length_of(missing));
		}
		if (missing->lacking == 0)
			return 0;
		if (missing->lacking >= lacked)
			return -ENOSPC;
		lacked = missing->lacking;
		err = read_ranges(fd, missing, bytes, first ? counts : NULL,
				  stop);
		if (err)
			return err;
	}
}

int warm_part_fill(struct warm_part *part, struct progress_counts *counts,
		   const atomic_bool *stop)
{
	struct ranges missing = {0};
	void *bytes = NULL;
	int fd = open_part(part);
	int err = fd < 0 ? fd : -posix_memalign(&bytes, PAGE, READ_SIZE);

	if (!err)
		err = fill(part, fd, bytes, &missing, counts, stop);
	if (fd >= 0)
		close(fd);
	free(missing.at);
	free(bytes);
	return err;
}

int warm_part_check(struct warm_part *part)
{
	struct ranges missing = {0};
	int fd = open_part(part);
	int err = fd < 0 ? fd : find_missing(part, fd, &missing);

	if (!err && missing.lacking)
		err = -ENOSPC;
	if (fd >= 0)
		close(fd);
	free(missing.at);
	return err;
}
