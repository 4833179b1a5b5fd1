/* A data layer under test: see data_fixture.h. */

#include "data_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caifs/container.h"

static void on_changed(void *data, uint64_t inode)
{
	struct fixture_changes *changes = data;

	changes->inode = inode;
	changes->stale++;
}

struct data_fixture data_fixture_create(size_t memory, int connections)
{
	struct data_fixture fixture = {
		.fake = fake_source_create(),
		.changes = calloc(1, sizeof(*fixture.changes)),
	};
	struct data_config config = {
		.source = fake_source_of(fixture.fake),
		.memory_bytes = memory,
	};

	fake_set_capacity(fixture.fake, connections);
	if (data_create(&config, &fixture.data))
		fixture.data = NULL;
	else
		data_watch(fixture.data, on_changed, fixture.changes);
	return fixture;
}

void data_fixture_destroy(struct data_fixture *fixture)
{
	fake_source_stop(fixture->fake);
	for (size_t i = 0; i < fixture->inode_count; i++)
		data_part_put(fixture->data, fixture->inodes[i]);
	free(fixture->inodes);
	data_destroy(fixture->data);
	fake_source_destroy(fixture->fake);
	free(fixture->changes);
}

static void names_of(uint64_t number, char id[32], char path[32])
{
	snprintf(id, 32, "id-%" PRIu64, number);
	snprintf(path, 32, "part-%" PRIu64, number);
}

static struct data_part *inode_of(struct data_fixture *fixture, uint64_t inode,
				  uint64_t number, int64_t size)
{
	struct data_part *part;
	char id[32], path[32];
	const struct data_identity identity = {inode, id, path, size};

	names_of(number, id, path);
	if (data_part_get(fixture->data, &identity, &part))
		return NULL;
	for (size_t i = 0; i < fixture->inode_count; i++) {
		if (fixture->inodes[i] != part)
			continue;
		data_part_put(fixture->data, part);
		return part;
	}
	fixture->inodes =
		reallocarray(fixture->inodes, fixture->inode_count + 1,
			     sizeof(struct data_part *));
	if (!fixture->inodes)
		abort();
	fixture->inodes[fixture->inode_count++] = part;
	return part;
}

struct data_part *fixture_part(struct data_fixture *fixture, uint64_t number,
			       int64_t size)
{
	return inode_of(fixture, number, number, size);
}

void fixture_forget(struct data_fixture *fixture, struct data_part *part)
{
	size_t i = 0;

	while (i < fixture->inode_count && fixture->inodes[i] != part)
		i++;
	if (i == fixture->inode_count)
		abort();
	fixture->inodes[i] = fixture->inodes[--fixture->inode_count];
	data_part_put(fixture->data, part);
}

struct data_part *fixture_open_as(struct data_fixture *fixture, uint64_t inode,
				  uint64_t number, int64_t size)
{
	struct data_part *part = inode_of(fixture, inode, number, size);

	return part && !data_open(fixture->data, part) ? part : NULL;
}

struct data_part *fixture_open(struct data_fixture *fixture, uint64_t number,
			       int64_t size)
{
	return fixture_open_as(fixture, number, number, size);
}

void fixture_hint(struct data_fixture *fixture, struct data_part *part,
		  uint64_t number, size_t count, int64_t size, bool listed)
{
	uint64_t siblings[DATA_SIBLINGS];

	for (size_t i = 0; i < count; i++) {
		siblings[i] = number + 1 + i;
		fixture_part(fixture, siblings[i], size);
	}
	data_hint(fixture->data, part, siblings, count, listed);
}

void fixture_close(struct data_fixture *fixture, struct data_part *part)
{
	data_close(fixture->data, part);
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
	       struct data_part *file, int64_t offset, size_t size)
{
	return data_read(fixture->data, file, offset, size, &reader->waiter,
			 &reader->view);
}

int reader_go_on(struct data_fixture *fixture, struct reader *reader,
		 struct data_part *file, int64_t offset, size_t size)
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

int fixture_read(struct data_fixture *fixture, struct data_part *file,
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
