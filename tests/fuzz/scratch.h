#ifndef CAIFS_FUZZ_SCRATCH_H
#define CAIFS_FUZZ_SCRATCH_H

/* A cache's directory for one input, with one file in it that is the input's
   to damage. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "fuzz.h"

struct scratch {
	char path[32];
	int directory;
};

static inline void scratch_begin(struct scratch *scratch)
{
	/* In memory, where that is to be had. */
	snprintf(scratch->path, sizeof(scratch->path), "%s/caifs-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	REQUIRE(mkdtemp(scratch->path));
	scratch->directory = open(scratch->path, O_RDONLY | O_DIRECTORY);
	REQUIRE(scratch->directory >= 0);
}

static inline void scratch_end(struct scratch *scratch, const char *name)
{
	char fan[] = {name[0], name[1], '\0'};

	directory_remove(scratch->directory, name);
	REQUIRE(unlinkat(scratch->directory, fan, AT_REMOVEDIR) == 0 ||
		errno == ENOENT);
	close(scratch->directory);
	REQUIRE(rmdir(scratch->path) == 0);
}

/* Puts bytes there under a name of the cache's. */
static inline void scratch_put(struct scratch *scratch, const char *name,
			       const void *bytes, size_t size)
{
	struct directory_new new;

	REQUIRE(directory_begin(scratch->directory, name, &new) == 0);
	REQUIRE(write(new.file, bytes, size) == (ssize_t)size);
	REQUIRE(directory_commit(&new, name, true, NULL) == 0);
}

/* Each three bytes flip the bits of the third in one place of the file. */
static inline void scratch_damage(struct scratch *scratch, const char *name,
				  const uint8_t *bytes, size_t size)
{
	struct stat st;
	int file;

	REQUIRE(directory_open_file(scratch->directory, name, O_RDWR, &file) ==
		0);
	REQUIRE(fstat(file, &st) == 0);
	for (; size >= 3; bytes += 3, size -= 3) {
		off_t at = (bytes[0] << 8 | bytes[1]) % st.st_size;
		uint8_t byte;

		REQUIRE(pread(file, &byte, 1, at) == 1);
		byte ^= bytes[2];
		REQUIRE(pwrite(file, &byte, 1, at) == 1);
	}
	close(file);
}

#endif
