#ifndef CAIFS_DATA_FIXTURE_H
#define CAIFS_DATA_FIXTURE_H

/* A data layer on a fake source, and readers that wait and compare what they
   get with the truth. */

#include "caifs/data.h"
#include "fake_source.h"
#include "parking.h"

/* What the layer has said of the kernel's pages. */
struct fixture_changes {
	_Atomic int stale;
	_Atomic uint64_t inode; /* the last */
};

struct data_fixture {
	struct fake_source *fake;
	struct fixture_changes *changes;
	struct data *data;
	/* What a mount's inodes are: parts that the kernel knows. */
	struct data_part **inodes;
	size_t inode_count;
};

/* `data` is NULL when it could not be made. */
struct data_fixture data_fixture_create(size_t memory, int connections);
/* With every file closed and no view held. */
void data_fixture_destroy(struct data_fixture *fixture);

/* The part "id-NUMBER" at "part-NUMBER" with that inode number, of which the
   kernel knows from now on; and the same, opened. NULL: it could not be. */
struct data_part *fixture_part(struct data_fixture *fixture, uint64_t number,
			       int64_t size);
struct data_part *fixture_open(struct data_fixture *fixture, uint64_t number,
			       int64_t size);
/* Another inode of that part. */
struct data_part *fixture_open_as(struct data_fixture *fixture, uint64_t inode,
				  uint64_t number, int64_t size);
/* The kernel forgets it. */
void fixture_forget(struct data_fixture *fixture, struct data_part *part);
/* Those with the next `count` numbers stand after it, each of that size, and
   the kernel knows them; `listed`: whoever has it open knows. */
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
/* They are those of that file from `offset` on, in that version. */
bool reader_is_right(const struct reader *reader, uint64_t number,
		     int64_t offset, const char *version);

/* A whole read: its error, else whether it brought min(size, rest of the file)
   right bytes of version "v1": 0, or 1 when it did not. */
int fixture_read(struct data_fixture *fixture, struct data_part *file,
		 uint64_t number, int64_t file_size, int64_t offset,
		 size_t size);

#endif
