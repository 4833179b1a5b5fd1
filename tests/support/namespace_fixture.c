/* A namespace under test: see namespace_fixture.h. */

#include "namespace_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_clock.h"

struct namespace_fixture namespace_fixture_create(bool show_latest)
{
	struct namespace_fixture fixture = {.fake = fake_source_create()};
	struct namespace_config config = {
		.source = fake_source_of(fixture.fake),
		.ttl_ms = FIXTURE_TTL_MS,
		.show_latest = show_latest,
	};

	fake_clock_reset();
	if (namespace_create(&config, &fixture.ns))
		fixture.ns = NULL;
	return fixture;
}

void namespace_fixture_destroy(struct namespace_fixture *fixture)
{
	fake_source_stop(fixture->fake);
	namespace_destroy(fixture->ns);
	fake_source_destroy(fixture->fake);
}

void namespace_fixture_fill(struct namespace_fixture *fixture)
{
	struct fake_source *fake = fixture->fake;

	fake_add_dataset(fake, FIXTURE_DATASET, "Scores");
	fake_add_dataset(fake, FIXTURE_OTHER, "Other");
	fake_add_hidden_dataset(fake, FIXTURE_HIDDEN, "Hidden");
	fake_add_batch(fake, FIXTURE_DATASET,
		       &(struct fake_batch){
			       .id = FIXTURE_BATCH,
			       .key = FIXTURE_BATCH_KEY,
			       .alternate_id = FIXTURE_BATCH_ALT,
			       .created_ms = 2000,
			       .modified_ms = 2500,
			       .record_count = 42,
		       });
	fake_add_batch(fake, FIXTURE_DATASET,
		       &(struct fake_batch){
			       .id = FIXTURE_OLD_BATCH,
			       .created_ms = 1000,
			       .modified_ms = 1500,
			       .record_count = -1,
		       });
	fake_add_part(fake, FIXTURE_BATCH, "file-1", "part-0", 100);
	fake_add_part(fake, FIXTURE_BATCH, "file-1", "sub/part-1", 200);
}

int fixture_lookup(struct namespace_fixture *fixture, uint64_t parent,
		   const char *name, struct namespace_attributes *ret)
{
	struct parked parked;
	int err;

	parked_init(&parked);
	while ((err = namespace_lookup(fixture->ns, parent, name,
				       &parked.waiter, ret)) ==
	       NAMESPACE_PARKED)
		parked_wait(&parked);
	parked_finish(&parked);
	return err;
}

int fixture_find(struct namespace_fixture *fixture, const char *path,
		 struct namespace_attributes *ret)
{
	char *copy = strdup(path), *rest = copy, *name;
	uint64_t parent = NAMESPACE_ROOT;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (name = strsep(&rest, "/"))) {
		err = fixture_lookup(fixture, parent, name, ret);
		parent = ret->ino;
	}
	free(copy);
	return err;
}

int fixture_open_directory(struct namespace_fixture *fixture, uint64_t ino,
			   struct namespace_listing **ret_listing)
{
	struct parked parked;
	int err;

	parked_init(&parked);
	while ((err = namespace_open_directory(fixture->ns, ino, &parked.waiter,
					       ret_listing)) ==
	       NAMESPACE_PARKED)
		parked_wait(&parked);
	parked_finish(&parked);
	return err;
}

char *fixture_names(struct namespace_fixture *fixture, uint64_t ino)
{
	struct namespace_attributes attributes;
	struct namespace_listing *listing;
	const char *name;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (fixture_open_directory(fixture, ino, &listing))
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		abort();
	for (size_t i = 0; namespace_entry(listing, i, &name, &attributes) == 0;
	     i++)
		fprintf(out, "%s\n", name);
	fclose(out);
	namespace_close_directory(fixture->ns, listing);
	return text;
}
