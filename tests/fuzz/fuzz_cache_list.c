/* A listing's file in a cache. After a first byte of 0 the input is the file;
   after 1 it is what is damaged in a right one; after 2 the records, as many as
   the next two bytes say, under a checksum that is right. */

#include "cached_listing.h"
#include "scratch.h"

static const struct source_record written[] = {
	{.id = "01HN1",
	 .key = "key",
	 .alternate_id = "",
	 .name = "",
	 .status = "success",
	 .client = "acp_foundation_push",
	 .replaces = "a\nb",
	 .created_ms = 1700000000000,
	 .size = 12},
	{.id = "01HN2",
	 .key = "",
	 .alternate_id = "x",
	 .name = "Customer AI Scores",
	 .status = "",
	 .client = "",
	 .replaces = "",
	 .record_count = -1},
};

enum { RECORDS = sizeof(written) / sizeof(written[0]) };

struct sink {
	size_t count;
	bool as_written;
};

static int on_page(void *data, const struct source_record *records,
		   size_t count)
{
	struct sink *sink = data;

	for (size_t i = 0; i < count; i++, sink->count++) {
		const struct source_record *r = &records[i];
		const struct source_record *w = &written[sink->count % RECORDS];
		size_t length = strlen(r->key) + strlen(r->alternate_id) +
				strlen(r->status) + strlen(r->client) +
				strlen(r->replaces);

		if (strcmp(r->id, w->id) != 0 ||
		    strcmp(r->name, w->name) != 0 || r->size != w->size ||
		    length > 64)
			sink->as_written = false;
	}
	return 0;
}

/* Whether it is there at all is the answer's to say; what it gives is whole. */
static void read_back(struct scratch *scratch,
		      const struct cached_listing *question, bool must_be,
		      bool as_written)
{
	struct sink sink = {.as_written = true};
	const struct source_listing listing = {.data = &sink, .page = on_page};
	struct cached_listing *cached;
	int err;

	REQUIRE(cached_listing_create_like(question, &cached) == 0);
	err = cached_listing_read(scratch->directory, cached);
	REQUIRE(err == 0 || (err == -EBADMSG && !must_be));
	if (err) {
		REQUIRE(cached->records.size == 0);
	} else {
		err = cached_listing_give(cached, &listing);
		REQUIRE(err == 0 || err == -EIO);
		REQUIRE(sink.count <= cached->count);
		REQUIRE(!as_written ||
			(err == 0 && sink.count == RECORDS && sink.as_written));
	}
	cached_listing_unref(cached);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct source_query query = {.kind = SOURCE_BATCHES,
					   .dataset_id = "dada"};
	struct scratch scratch;
	struct cached_listing *cached;

	if (size == 0)
		return 0;
	scratch_begin(&scratch);
	REQUIRE(cached_listing_create(7, &query, &cached) == 0);
	if (bytes[0] == 0) {
		scratch_put(&scratch, cached->name, bytes + 1, size - 1);
		read_back(&scratch, cached, false, false);
	} else if (bytes[0] == 1 || size < 3) {
		REQUIRE(cached_listing_add(cached, written, RECORDS) == 0);
		REQUIRE(cached_listing_write(scratch.directory, cached) == 0);
		scratch_damage(&scratch, cached->name, bytes + 1, size - 1);
		read_back(&scratch, cached, false, true);
	} else {
		REQUIRE(buffer_append(&cached->records, bytes + 3, size - 3) ==
			0);
		cached->count = (size_t)(bytes[1] << 8 | bytes[2]);
		REQUIRE(cached_listing_write(scratch.directory, cached) == 0);
		read_back(&scratch, cached, true, false);
	}
	scratch_end(&scratch, cached->name);
	cached_listing_unref(cached);
	return 0;
}
