/* What the things in a directory are called, a line each. */

#include "fuzz.h"
#include "names.h"

enum { MOST = 32 };

static void check_name(const char *name)
{
	REQUIRE(*name && strlen(name) <= NAME_BYTES_MAX);
	REQUIRE(!strchr(name, '/'));
	REQUIRE(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
	for (const char *p = name; *p; p++)
		REQUIRE((unsigned char)*p >= 0x20 && *p != 0x7f);
}

/* A plain name that was not cut tells what it was made from. */
static void check_plain(const char *original, const char *id)
{
	struct buffer name, back;

	buffer_init(&name, 4096);
	buffer_init(&back, 4096);
	REQUIRE(name_plain(original, id, &name) == 0);
	check_name(buffer_text(&name));
	if (*original && strlen(original) <= NAME_BYTES_MAX / 3) {
		REQUIRE(name_original(buffer_text(&name), &back) == 0);
		REQUIRE(strcmp(buffer_text(&back), original) == 0);
	}
	buffer_clear(&name);
	REQUIRE(name_marked(original, id, &name) == 0);
	check_name(buffer_text(&name));
	buffer_clear(&back);
	name_original(original, &back);
	name_is_id(original);
	buffer_finish(&name);
	buffer_finish(&back);
}

static bool taken(void *data, const char *name, const char *id)
{
	(void)data;
	(void)id;
	return name[0] == '!';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = fuzz_text(bytes, size), *rest = text, *line;
	struct naming items[MOST] = {{.original = NULL}};
	char ids[MOST][32];
	size_t count = 0;

	while (count < MOST && (line = strsep(&rest, "\n"))) {
		snprintf(ids[count], sizeof(ids[count]), "%024zx", count);
		items[count].original = line;
		items[count].id = ids[count];
		check_plain(line, ids[count]);
		count++;
	}
	REQUIRE(names_assign(items, count, taken, NULL) == 0);
	for (size_t i = 0; i < count; i++) {
		check_name(items[i].name);
		for (size_t k = 0; k < i; k++)
			REQUIRE(strcmp(items[i].name, items[k].name) != 0);
	}
	for (size_t i = 0; i < count; i++)
		free(items[i].name);
	free(text);
	return 0;
}
