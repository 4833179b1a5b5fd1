/* A part's file in a cache. After a first byte of 0 the input is the file;
   after any other it is what is damaged in a right one. No page that was
   written otherwise is ever given. */

#include "part_file.h"
#include "scratch.h"

enum { PAGES = 4, SIZE = 3 * PART_FILE_PAGE + 123 };

static void make_right(struct scratch *scratch, const struct part_key *key,
		       const char *bytes)
{
	struct part_file file;

	REQUIRE(part_file_create(scratch->directory, key, "\"v\"", &file) == 0);
	REQUIRE(part_file_write(&file, 0, bytes, SIZE) == 0);
	close(file.fd);
}

static void read_file(const struct part_file *file, const char *bytes)
{
	struct page_entry entries[PAGES];
	char got[PAGES * PART_FILE_PAGE];

	REQUIRE(file->size == SIZE);
	REQUIRE(strlen(file->version) < sizeof(file->version));
	REQUIRE(part_file_read_entries(file, 0, PAGES, entries) == 0);
	for (size_t first = 0; first < PAGES; first++) {
		size_t right =
			part_file_read(file, (int64_t)first, PAGES - first,
				       entries + first, got);
		size_t from = first * PART_FILE_PAGE,
		       to = (first + right) * PART_FILE_PAGE;

		REQUIRE(right <= PAGES - first);
		/* Under a checksum of zeros a page is not there: nobody asks.
		 */
		for (size_t i = first; i < first + right; i++)
			REQUIRE(page_entry_is_set(&entries[i]));
		REQUIRE(memcmp(got, bytes + from,
			       (to < SIZE ? to : SIZE) - from) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct source_range range = {
		.file_id = "01HN00000000000000000000A1",
		.path = "part-00000.parquet",
		.file_size = SIZE,
	};
	char right[SIZE];
	struct scratch scratch;
	struct part_key key;
	struct part_file file;
	int err;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < SIZE; i++)
		right[i] = (char)(i * i >> 5);
	scratch_begin(&scratch);
	REQUIRE(part_key_make(7, &range, &key) == 0);
	if (bytes[0]) {
		make_right(&scratch, &key, right);
		scratch_damage(&scratch, key.name, bytes + 1, size - 1);
	} else {
		scratch_put(&scratch, key.name, bytes + 1, size - 1);
	}
	err = part_file_open(scratch.directory, &key, &file);
	REQUIRE(err == 0 || err == -EBADMSG);
	if (!err) {
		read_file(&file, right);
		close(file.fd);
	}
	scratch_end(&scratch, key.name);
	return 0;
}
