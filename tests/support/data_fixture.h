#ifndef CAIFS_DATA_FIXTURE_H
#define CAIFS_DATA_FIXTURE_H

/* A data layer on a fake source, and readers that wait and compare their bytes
   with the right ones. */

#include "caifs/data.h"
#include "fake_source.h"
#include "parking.h"

/* The calls of data_watch()'s callback. */
struct fixture_changes {
	_Atomic int stale;
	_Atomic uint64_t inode; /* the last */
};

struct data_fixture {
	struct fake_source *fake;
	struct fixture_changes *changes;
	struct data *data;
	/* References like those of a mount's inodes. */
	struct data_part **inodes;
	size_t inode_count;
};

/* `data` is NULL on failure. */
struct data_fixture data_fixture_create(size_t memory, int connections);
/* Call with every file closed and every view finished. */
void data_fixture_destroy(struct data_fixture *fixture);

/* The part "id-NUMBER" at "part-NUMBER" with that inode number, kept as by the
   kernel's inode; and the same, opened. NULL: failed. */
struct data_part *fixture_part(struct data_fixture *fixture, uint64_t number,
			       int64_t size);
struct data_part *fixture_open(struct data_fixture *fixture, uint64_t number,
			       int64_t size);
/* Another inode of that part. */
struct data_part *fixture_open_as(struct data_fixture *fixture, uint64_t inode,
				  uint64_t number, int64_t size);
/* Releases the inode's reference. */
void fixture_forget(struct data_fixture *fixture, struct data_part *part);
/* data_hint() with parts of the next `count` numbers, each of that size. */
void fixture_hint(struct data_fixture *fixture, struct data_part *part,
		  uint64_t number, size_t count, int64_t size, bool listed);
void fixture_close(struct data_fixture *fixture, struct data_part *part);

struct reader {
	struct data_waiter waiter;
	struct bell bell;
	struct data_view view;
};

void reader_init(struct reader *reader);
void reader_finish(struct reader *reader);

/* One data_read(). */
int reader_try(struct data_fixture *fixture, struct reader *reader,
	       struct data_part *file, int64_t offset, size_t size);
/* The same until it is no longer parked. */
int reader_go_on(struct data_fixture *fixture, struct reader *reader,
		 struct data_part *file, int64_t offset, size_t size);

/* Bytes in the view. */
size_t reader_size(const struct reader *reader);
/* The view has that file's bytes from `offset` on, in that version. */
bool reader_is_right(const struct reader *reader, uint64_t number,
		     int64_t offset, const char *version);

/* A whole read: its error; 0: min(size, rest of the file) right bytes of
   version "v1"; 1: other bytes. */
int fixture_read(struct data_fixture *fixture, struct data_part *file,
		 uint64_t number, int64_t file_size, int64_t offset,
		 size_t size);

#endif
