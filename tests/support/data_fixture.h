#ifndef CAIFS_DATA_FIXTURE_H
#define CAIFS_DATA_FIXTURE_H

/* A data layer on a fake source, and readers that wait and compare what they
   get with the truth. */

#include "caifs/data.h"
#include "fake_source.h"
#include "parking.h"

struct data_fixture {
	struct fake_source *fake;
	struct data *data;
};

/* `data` is NULL when it could not be made. */
struct data_fixture data_fixture_create(size_t memory, int connections);
/* With every file closed and no view held. */
void data_fixture_destroy(struct data_fixture *fixture);

/* The file "id-NUMBER" at "part-NUMBER". NULL: it could not be opened. */
struct data_file *fixture_open(struct data_fixture *fixture, uint64_t number,
			       int64_t size);
/* Those with the next `count` numbers stand after it, each of that size;
   `walked`: whoever has it open knows. */
void fixture_follow(struct data_fixture *fixture, struct data_file *file,
		    uint64_t number, size_t count, int64_t size, bool walked);
void fixture_close(struct data_fixture *fixture, struct data_file *file);

struct reader {
	struct data_waiter waiter;
	struct bell bell;
	struct data_view view;
};

void reader_init(struct reader *reader);
void reader_finish(struct reader *reader);

/* One data_read(). */
int reader_try(struct data_fixture *fixture, struct reader *reader,
	       struct data_file *file, int64_t offset, size_t size);
/* The same until it is no longer parked. */
int reader_go_on(struct data_fixture *fixture, struct reader *reader,
		 struct data_file *file, int64_t offset, size_t size);

/* Bytes in the view. */
size_t reader_size(const struct reader *reader);
/* They are those of that file from `offset` on, in that version. */
bool reader_is_right(const struct reader *reader, uint64_t number,
		     int64_t offset, const char *version);

/* A whole read: its error, else whether it brought min(size, rest of the file)
   right bytes of version "v1": 0, or 1 when it did not. */
int fixture_read(struct data_fixture *fixture, struct data_file *file,
		 uint64_t number, int64_t file_size, int64_t offset,
		 size_t size);

#endif
