/* A footer without the tail; its last 8 bytes serve as a tail as well. */

#include "caifs/parquet.h"
#include "fuzz.h"

static void check(const struct parquet_footer *footer, int64_t end)
{
	size_t most = footer->row_groups * footer->columns;
	int64_t from = 4;

	REQUIRE(most <= PARQUET_MAX_CHUNKS && footer->count <= most);
	for (size_t i = 0; i < footer->count; i++) {
		const struct parquet_chunk *c = &footer->chunks[i];

		REQUIRE(c->start >= from && c->start < c->end);
		REQUIRE(c->end <= end);
		REQUIRE(c->row_group < footer->row_groups);
		REQUIRE(c->column < footer->columns);
		REQUIRE(parquet_chunk_at(footer, c->start) == c);
		REQUIRE(parquet_chunk_at(footer, c->end - 1) == c);
		REQUIRE(parquet_chunk_at(footer, c->end) != c);
		from = c->end;
	}
	REQUIRE(!parquet_chunk_at(footer, from));
}

static void check_names(const struct parquet_names *names)
{
	const char *last = (const char *)&names->names[names->count];

	for (size_t i = 0; i < names->count; i++) {
		REQUIRE(names->names[i] == last);
		last += strlen(last) + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	enum { BODY = 1024 * 1024 };
	int64_t file_size = BODY + (int64_t)size + PARQUET_TAIL;
	const char *text = (const char *)bytes;
	struct parquet_footer *footer;
	struct parquet_names *names;
	int64_t start;

	if (size >= PARQUET_TAIL &&
	    parquet_footer_place(text + size - PARQUET_TAIL, file_size,
				 &start) == 0)
		REQUIRE(start >= 4 && start < file_size - PARQUET_TAIL);
	if (parquet_footer_decode(text, size, file_size, &footer) == 0) {
		check(footer, BODY);
		free(footer);
	}
	if (parquet_names_decode(text, size, &names) == 0) {
		check_names(names);
		free(names);
	}
	return 0;
}
