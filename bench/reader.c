/*
 * Reads files below a mount, tells how long it took, and whether the bytes were
 * right. The clock covers looking the files up, opening and reading them; only
 * when a line has come on standard input, so that the benchmark can look at
 * counters first, are the bytes compared with those of the originals.
 *
 *   reader whole THREADS FILE ORIGINAL...      each thread takes the next pair
 *   reader random THREADS COUNT SIZE FILE ORIGINAL
 *   reader many THREADS LENGTH FILE ORIGINAL   as many stretches, one a thread
 *   reader cached 1 COUNT FILE ORIGINAL        pages of the first MiB,
 * directly, which the filesystem has in its memory; `first` is the 99.9th of
 * 100
 *
 * With `cached` a line "warm" comes first, and one is waited for before the
 * clock starts.
 *
 * The answer is one line of JSON, then after the comparison "same" or what is
 * wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (1 << 20)
#define PAGE  4096

struct stretch {
	const char *path, *original;
	int fd;
	off_t offset;
	size_t length;
	char *kept; /* what was read, if it is to be compared from here */
};

static struct stretch *stretches;
static int count;
static bool one_handle; /* for all of them */
static atomic_int next;
static double begun, listed, first; /* of the first stretch */

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void fail(const char *path, const char *what)
{
	fprintf(stderr, "reader: %s: %s\n", path, what);
	exit(1);
}

static void *make_room(size_t size)
{
	void *room = malloc(size);

	if (!room)
		fail("memory", strerror(errno));
	memset(room, 1, size); /* touched before a clock starts */
	return room;
}

static void look_up(struct stretch *stretch)
{
	struct stat stat_of;

	if (stat(stretch->path, &stat_of) != 0)
		fail(stretch->path, strerror(errno));
	if (stretch == stretches)
		listed = now();
	stretch->fd = open(stretch->path, O_RDONLY | O_CLOEXEC);
	if (stretch->fd < 0)
		fail(stretch->path, strerror(errno));
	if (stretch->length == 0)
		stretch->length = (size_t)stat_of.st_size;
}

static void read_stretch(struct stretch *stretch, char *room)
{
	size_t done = 0;

	while (done < stretch->length) {
		size_t want = stretch->length - done;
		ssize_t got;

		if (done == 0 && !stretch->kept && want > PAGE)
			want = PAGE; /* for the time to the first byte */
		else if (want > CHUNK)
			want = CHUNK;
		got = pread(stretch->fd,
			    stretch->kept ? stretch->kept + done : room, want,
			    stretch->offset + (off_t)done);
		if (got < 0)
			fail(stretch->path, strerror(errno));
		if (got == 0)
			fail(stretch->path, "ends early");
		if (done == 0 && stretch == stretches)
			first = now();
		done += (size_t)got;
	}
}

static void *read_some(void *room)
{
	int taken;

	while ((taken = atomic_fetch_add(&next, 1)) < count) {
		if (stretches[taken].fd < 0)
			look_up(&stretches[taken]);
		read_stretch(&stretches[taken], room);
	}
	return NULL;
}

static int by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* One page at a time, and the worst but one in a thousand of these. */
static void read_cached(int times)
{
	const struct stretch *stretch = &stretches[0];
	double *took = calloc((size_t)times, sizeof(*took));
	char *room = NULL;

	if (!took || posix_memalign((void **)&room, PAGE, PAGE))
		fail("memory", strerror(errno));
	for (int i = 0; i < times; i++) {
		off_t at = (off_t)(i * 37 % (CHUNK / PAGE)) * PAGE;
		double start = now();

		if (pread(stretch->fd, room, PAGE, at) != PAGE)
			fail(stretch->path, strerror(errno));
		took[i] = now() - start;
		if (memcmp(room, stretch->kept + at, PAGE) != 0)
			fail(stretch->path, "reads otherwise");
	}
	qsort(took, (size_t)times, sizeof(*took), by_time);
	listed = begun;
	first = begun + took[times - times / 1000 - 1];
	free(took);
	free(room);
}

/* The first MiB, from past the kernel's cache, before the clock starts. */
static void warm_up(void)
{
	struct stretch *stretch = &stretches[0];

	look_up(stretch);
	close(stretch->fd);
	stretch->fd = open(stretch->path, O_RDONLY | O_CLOEXEC | O_DIRECT);
	if (stretch->fd < 0)
		fail(stretch->path, strerror(errno));
	read_stretch(stretch, NULL);
	/* Now the others may begin. */
	puts("warm");
	fflush(stdout);
	while (getchar() != '\n')
		continue;
	begun = now();
}

static void read_all(int threads)
{
	pthread_t *ids = calloc((size_t)threads, sizeof(*ids));
	pthread_attr_t attributes;
	char **rooms = calloc((size_t)threads, sizeof(*rooms));

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 128 << 10);
	for (int i = 0; i < threads; i++)
		rooms[i] = stretches[0].kept ? NULL : make_room(CHUNK);
	begun = now();
	if (one_handle) {
		look_up(&stretches[0]);
		for (int i = 1; i < count; i++)
			stretches[i].fd = stretches[0].fd;
	}
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], &attributes, read_some, rooms[i]))
			fail("thread", "cannot be made");
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
}

/* Without copies, what is compared is what the page cache still holds. */
static bool is_same(const struct stretch *stretch)
{
	static char left[CHUNK], right[CHUNK];
	int original = open(stretch->original, O_RDONLY | O_CLOEXEC);
	bool same = original >= 0;

	for (size_t done = 0; same && done < stretch->length;) {
		size_t want = stretch->length - done;
		const char *seen = stretch->kept ? stretch->kept + done : left;
		off_t at = stretch->offset + (off_t)done;

		if (want > CHUNK)
			want = CHUNK;
		same = (stretch->kept ||
			pread(stretch->fd, left, want, at) == (ssize_t)want) &&
		       pread(original, right, want, at) == (ssize_t)want &&
		       memcmp(seen, right, want) == 0;
		done += want;
	}
	close(original);
	return same;
}

static void add(const char *path, const char *original, off_t offset,
		size_t length, bool keep)
{
	struct stretch *stretch = &stretches[count++];

	*stretch = (struct stretch){.path = path,
				    .original = original,
				    .fd = -1,
				    .offset = offset,
				    .length = length,
				    .kept = keep ? make_room(length) : NULL};
}

static off_t size_of(const char *path)
{
	struct stat stat_of;

	if (stat(path, &stat_of) != 0)
		fail(path, strerror(errno));
	return stat_of.st_size;
}

/* splitmix64: the same places in every run. */
static uint64_t scatter(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15u;
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
	n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
	return n ^ (n >> 31);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 4 ? argv[1] : "";
	int threads = argc > 4 ? atoi(argv[2]) : 0;
	struct rusage usage;
	double end;

	stretches = calloc((size_t)argc + 100000, sizeof(*stretches));
	if (strcmp(mode, "whole") == 0) {
		for (int i = 3; i + 1 < argc; i += 2)
			add(argv[i], argv[i + 1], 0, 0, false);
	} else if (strcmp(mode, "random") == 0 && argc == 7) {
		size_t size = (size_t)atoi(argv[4]);
		uint64_t places = (uint64_t)size_of(argv[6]) / size;

		one_handle = true;
		for (int i = 0; i < atoi(argv[3]); i++)
			add(argv[5], argv[6],
			    (off_t)(scatter((uint64_t)i) % places * size), size,
			    true);
	} else if (strcmp(mode, "many") == 0 && argc == 6) {
		size_t length = (size_t)atoi(argv[3]);
		off_t step = size_of(argv[5]) / (threads + 1) / PAGE * PAGE;

		for (int i = 0; i < threads; i++)
			add(argv[4], argv[5], i * step, length, true);
	} else if (strcmp(mode, "cached") == 0 && argc == 6) {
		add(argv[4], argv[5], 0, CHUNK, true);
	} else {
		count = 0;
	}
	if (threads < 1 || count == 0) {
		fprintf(stderr, "usage: see bench/reader.c\n");
		return 2;
	}
	if (strcmp(mode, "cached") == 0) {
		warm_up();
		read_cached(atoi(argv[3]));
	} else {
		read_all(threads);
	}
	end = now();
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"wall\":%.6f,\"listed\":%.6f,\"first\":%.6f,\"cpu\":%.4f}\n",
	       end - begun, listed - begun, first - listed,
	       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec +
				usage.ru_stime.tv_usec) /
			       1e6);
	fflush(stdout);
	if (getchar() == EOF)
		return 0;
	for (int i = 0; i < count; i++)
		if (!is_same(&stretches[i])) {
			printf("%s differs at or after %lld\n",
			       stretches[i].path,
			       (long long)stretches[i].offset);
			return 1;
		}
	puts("same");
	return 0;
}
