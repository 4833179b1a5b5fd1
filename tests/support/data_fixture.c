/* A data layer under test: see data_fixture.h. */

#include "data_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caifs/container.h"

struct data_fixture data_fixture_create(size_t memory, int connections)
{
	struct data_fixture fixture = {.fake = fake_source_create()};
	struct data_config config = {
		.source = fake_source_of(fixture.fake),
		.memory_bytes = memory,
	};

	fake_set_capacity(fixture.fake, connections);

	if (data_create(&config, &fixture.data))
		fixture.data = NULL;
	return fixture;
}

void data_fixture_destroy(struct data_fixture *fixture)
{
	fake_source_stop(fixture->fake);
	data_destroy(fixture->data);
	fake_source_destroy(fixture->fake);
}

static void names_of(uint64_t number, char id[32], char path[32])
{
	snprintf(id, 32, "id-%" PRIu64, number);
	snprintf(path, 32, "part-%" PRIu64, number);
}

struct data_file *fixture_open(struct data_fixture *fixture, uint64_t number,
			       int64_t size)
{
	struct data_file *file;
	char id[32], path[32];
	const struct data_part part = {number, id, path, size};
	bool known;

	names_of(number, id, path);
	return data_open(fixture->data, &part, &file, &known) ? NULL : file;
}

void fixture_follow(struct data_fixture *fixture, struct data_file *file,
		    uint64_t number, size_t count, int64_t size, bool walked)
{
	struct data_part parts[DATA_FOLLOWERS];
	char ids[DATA_FOLLOWERS][32], paths[DATA_FOLLOWERS][32];

	for (size_t i = 0; i < count; i++) {
		names_of(number + 1 + i, ids[i], paths[i]);
		parts[i] = (struct data_part){number + 1 + i, ids[i], paths[i],
					      size};
	}
	data_follow(fixture->data, file, parts, count, walked);
}

void fixture_close(struct data_fixture *fixture, struct data_file *file)
{
	data_close(fixture->data, file);
}

static void wake(struct waiter *waiter)
{
	bell_ring(&container_of(waiter, struct reader, waiter.waiter)->bell);
}

void reader_init(struct reader *reader)
{
	*reader = (struct reader){.waiter.waiter.wake = wake};
	bell_init(&reader->bell);
}

void reader_finish(struct reader *reader)
{
	bell_finish(&reader->bell);
}

int reader_try(struct data_fixture *fixture, struct reader *reader,
	       struct data_file *file, int64_t offset, size_t size)
{
	return data_read(fixture->data, file, offset, size, &reader->waiter,
			 &reader->view);
}

int reader_go_on(struct data_fixture *fixture, struct reader *reader,
		 struct data_file *file, int64_t offset, size_t size)
{
	int err;

	do {
		/* Parked before, it has rung once for each time. */
		int rung = bell_count(&reader->bell);

		err = reader_try(fixture, reader, file, offset, size);
		if (err == DATA_PARKED)
			bell_wait(&reader->bell, rung + 1);
	} while (err == DATA_PARKED);
	return err;
}

size_t reader_size(const struct reader *reader)
{
	size_t size = 0;

	for (int i = 0; i < reader->view.count; i++)
		size += reader->view.parts[i].iov_len;
	return size;
}

bool reader_is_right(const struct reader *reader, uint64_t number,
		     int64_t offset, const char *version)
{
	char id[32], path[32], *truth = malloc(DATA_BLOCK);
	bool right = truth != NULL;

	names_of(number, id, path);
	for (int i = 0; right && i < reader->view.count; i++) {
		size_t size = reader->view.parts[i].iov_len;

		right = size > 0 && size <= DATA_BLOCK;
		if (!right)
			break;
		fake_bytes(id, path, version, offset, truth, size);
		right = memcmp(truth, reader->view.parts[i].iov_base, size) ==
			0;
		offset += (int64_t)size;
	}
	free(truth);
	return right;
}

int fixture_read(struct data_fixture *fixture, struct data_file *file,
		 uint64_t number, int64_t file_size, int64_t offset,
		 size_t size)
{
	int64_t wanted = file_size > offset ? file_size - offset : 0;
	struct reader reader;
	int err;

	if (wanted > (int64_t)size)
		wanted = (int64_t)size;
	reader_init(&reader);
	err = reader_go_on(fixture, &reader, file, offset, size);
	if (err == 0) {
		err = reader_size(&reader) != (size_t)wanted ||
		      !reader_is_right(&reader, number, offset, "v1");
		data_view_finish(fixture->data, &reader.view);
	}
	reader_finish(&reader);
	return err;
}
