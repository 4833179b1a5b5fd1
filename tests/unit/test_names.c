/* File names: legal, unique, reversible whatever a server calls its things;
   each rule by itself, and all of them by random originals. */

#include "test.h"

#include "names.h"
#include "random.h"

/* Written forms --------------------------------------------------------------
 */

static const char *written(int (*write)(const char *, const char *,
					struct buffer *),
			   const char *original, const char *id)
{
	static struct buffer out;

	buffer_finish(&out);
	buffer_init(&out, 4096);
	assert_int_equal(write(original, id, &out), 0);
	return buffer_text(&out);
}

static const char *plain(const char *original)
{
	return written(name_plain, original, "id-1");
}

static const char *marked(const char *original)
{
	return written(name_marked, original, "id-1");
}

/* Bytes of the character at `s`, 0 when it is none. */
static size_t character(const unsigned char *s)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = s[0] < 0x80   ? 1
			: s[0] < 0xc0 ? 0
			: s[0] < 0xe0 ? 2
			: s[0] < 0xf0 ? 3
			: s[0] < 0xf8 ? 4
				      : 0;
	uint32_t point;

	if (length < 2)
		return length;
	point = s[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3fu);
	}
	return point >= least[length] && point <= 0x10ffff &&
			       (point < 0xd800 || point > 0xdfff)
		       ? length
		       : 0;
}

static void assert_legal(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;

	assert_in_range(strlen(name), 1, NAME_BYTES_MAX);
	assert_string_not_equal(name, ".");
	assert_string_not_equal(name, "..");
	while (*s) {
		size_t length = character(s);

		if (length == 0 || *s < 0x20 || *s == 0x7f || *s == '/')
			fail_msg("not legal: %s", name);
		s += length;
	}
}

static void leaves_ordinary_names_alone(void **state)
{
	static const char *const names[] = {
		"Customer AI Scores - Luma churn",
		"part-00000-tid-1-c000.snappy.parquet",
		"Größe 分数 🎉",
		" leading and trailing ",
		"-rf",
		".hidden",
		"...",
		"a\\b:c*d?e\"f<g>h|i",
		"name [ID]",
		"tilde~x",
		"\xc2\x80", /* a C1 control, but no control byte */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(plain(names[i]), names[i]);
}

static void escapes_slashes_percents_and_control_bytes(void **state)
{
	(void)state;
	assert_string_equal(plain("a/b"), "a%2Fb");
	assert_string_equal(plain("/"), "%2F");
	assert_string_equal(plain("100%"), "100%25");
	assert_string_equal(plain("a%2Fb"), "a%252Fb");
	assert_string_equal(plain("a\nb\x1b\x01\x7f"), "a%0Ab%1B%01%7F");
	assert_string_equal(plain("../../etc/passwd"),
			    "..%2F..%2Fetc%2Fpasswd");
}

static void escapes_the_whole_of_dot_and_dotdot(void **state)
{
	(void)state;
	assert_string_equal(plain("."), "%2E");
	assert_string_equal(plain(".."), "%2E%2E");
}

static void escapes_what_is_no_utf8(void **state)
{
	(void)state;
	assert_string_equal(plain("\xff"), "%FF");
	assert_string_equal(plain("a\x80z"), "a%80z");
	assert_string_equal(plain("\xc3"), "%C3");
	assert_string_equal(plain("\xc3z"), "%C3z");
	assert_string_equal(plain("\xe2\x82"), "%E2%82");
	/* Overlong, surrogate, beyond Unicode. */
	assert_string_equal(plain("\xc0\xaf"), "%C0%AF");
	assert_string_equal(plain("\xe0\x80\xaf"), "%E0%80%AF");
	assert_string_equal(plain("\xed\xa0\x80"), "%ED%A0%80");
	assert_string_equal(plain("\xf4\x90\x80\x80"), "%F4%90%80%80");
	assert_string_equal(plain("\xf0\x80\x80\x80"), "%F0%80%80%80");
	assert_string_equal(plain("\xf8\x88\x80\x80\x80"), "%F8%88%80%80%80");
}

static void calls_the_nameless_by_its_id(void **state)
{
	(void)state;
	assert_string_equal(plain(""), "id-1");
}

static void marks_with_the_id(void **state)
{
	(void)state;
	assert_string_equal(marked("name"), "name [id-1]");
	assert_string_equal(marked("a/b"), "a%2Fb [id-1]");
	assert_legal(written(name_marked, "a", "i/d\n"));
	assert_legal(written(name_marked, "", "id-1"));
}

static void appends_to_what_is_there(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 1000);
	assert_int_equal(buffer_append_text(&out, "before:"), 0);
	assert_int_equal(name_plain("a/b", "i", &out), 0);
	assert_int_equal(name_marked("c", "i", &out), 0);
	assert_string_equal(buffer_text(&out), "before:a%2Fbc [i]");
	buffer_finish(&out);
}

/* Long ones ------------------------------------------------------------------
 */

static char *repeated(const char *unit, size_t count)
{
	size_t length = strlen(unit);
	char *text = test_alloc(length * count + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * length, unit, length);
	return text;
}

static void takes_255_bytes_whole(void **state)
{
	char *original = repeated("x", 255);

	(void)state;
	assert_string_equal(plain(original), original);
	free(original);
	original = repeated("/", 85);
	assert_int_equal(strlen(plain(original)), 255);
	free(original);
}

/* It holds `head` whole units of `unit`, and as many as there is room for. */
static void assert_cut(const char *name, const char *unit, const char *tail)
{
	size_t length = strlen(name), tail_length = strlen(tail),
	       unit_length = strlen(unit), head = length - tail_length;

	assert_legal(name);
	assert_true(length > tail_length);
	assert_string_equal(name + head, tail);
	assert_int_equal(head % unit_length, 0);
	for (size_t i = 0; i < head; i += unit_length)
		assert_memory_equal(name + i, unit, unit_length);
	assert_true(length + unit_length > NAME_BYTES_MAX);
}

static void cuts_at_a_character_and_ends_with_the_id(void **state)
{
	static const char *const units[][2] = {
		{"x", "x"}, {"é", "é"},	  {"分", "分"},
		{"🎉", "🎉"}, {"/", "%2F"}, {"\xff", "%FF"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		char *original = repeated(units[i][0], 256);

		assert_cut(plain(original), units[i][1], "~id-1");
		assert_cut(marked(original), units[i][1], "~id-1");
		free(original);
	}
}

static void one_that_only_its_mark_makes_too_long_is_cut(void **state)
{
	char *original = repeated("x", 250);

	(void)state;
	assert_string_equal(plain(original), original);
	assert_cut(marked(original), "x", "~id-1");
	free(original);
}

static void a_long_id_leaves_it_legal_and_its_own(void **state)
{
	char *original = repeated("x", 300), *id = repeated("i/", 300);
	char first[NAME_BYTES_MAX + 1];

	(void)state;
	snprintf(first, sizeof(first), "%s", written(name_plain, original, id));
	assert_legal(first);
	id[599] = 'j';
	assert_legal(written(name_plain, original, id));
	assert_string_not_equal(first, written(name_plain, original, id));
	assert_legal(written(name_plain, "", id));
	assert_legal(written(name_marked, "a", id));
	free(original);
	free(id);
}

/* Back ------------------------------------------------------------------------
 */

static int original_of(const char *name, const char *wanted)
{
	struct buffer out;
	int err;

	buffer_init(&out, 4096);
	err = name_original(name, &out);
	if (err == 0)
		assert_string_equal(buffer_text(&out), wanted);
	buffer_finish(&out);
	return err;
}

static void tells_the_original(void **state)
{
	(void)state;
	assert_int_equal(original_of("a%2Fb", "a/b"), 0);
	assert_int_equal(original_of("%2E%2E", ".."), 0);
	assert_int_equal(original_of("a%252Fb", "a%2Fb"), 0);
	assert_int_equal(original_of("%FF", "\xff"), 0);
	assert_int_equal(original_of("plain", "plain"), 0);
}

static void knows_a_name_that_is_none_of_ours(void **state)
{
	(void)state;
	assert_int_equal(original_of("%", ""), -EBADMSG);
	assert_int_equal(original_of("a%2", ""), -EBADMSG);
	assert_int_equal(original_of("a%zz", ""), -EBADMSG);
	assert_int_equal(original_of("a%%", ""), -EBADMSG);
}

/* IDs
 * -------------------------------------------------------------------------- */

static void knows_what_looks_like_an_id(void **state)
{
	static const char *const ids[] = {
		"5cd9146b31dae914b75f654f",
		"5CD9146B31DAE914B75F654F",
		"035e25205e6911eab62451ecfeba55d1",
		"01E5QSWCAASFQ054FNBKYV6TIQ",
		"035e2520-5e69-11ea-b624-51ecfeba55d1",
		"035e2520-5e69-11ea-b624-51evfeba55d1",
	};
	static const char *const others[] = {
		"",
		"latest",
		"_SUCCESS",
		"Customer AI Scores - x",
		"5cd9146b31dae914b75f654",
		"5cd9146b31dae914b75f654f0",
		"5cd9146b31dae914b75f654g",
		"5cd9146b-31dae914b75f654f",
		"035e2520-5e69-11ea-b624-51ecfeba55d",
		"035e2520-5e69-11ea-b62451ec-feba55d1",
		"035e2520_5e69_11ea_b624_51ecfeba55d1",
		"035e2520-5e69-11ea-b624-51ecfeba55d!",
		"01E5QSWCAASFQ054FNBKYV6TI.",
		"part-00000-tid-1-c000.snappy",
		".part-00000.crc",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		if (!name_is_id(ids[i]))
			fail_msg("%s is one", ids[i]);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (name_is_id(others[i]))
			fail_msg("%s is none", others[i]);
}

/* Whole directories
 * -------------------------------------------------------------- */

static bool none_taken(void *data, const char *name, const char *id)
{
	(void)data;
	(void)name;
	(void)id;
	return false;
}

static bool is_reserved(void *data, const char *name, const char *id)
{
	const char *const *reserved = data;

	(void)id;
	for (; *reserved; reserved++)
		if (strcmp(*reserved, name) == 0)
			return true;
	return false;
}

static void free_names(struct naming *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(items[i].name);
}

static void assert_unique(const struct naming *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			if (strcmp(items[i].name, items[j].name) == 0)
				fail_msg("given twice: %s", items[i].name);
}

static void different_names_stay_plain(void **state)
{
	struct naming items[] = {
		{.original = "a", .id = "1"},
		{.original = "A", .id = "2"},
		{.original = "b/c", .id = "3"},
		{.original = "", .id = "4"},
	};

	(void)state;
	assert_int_equal(names_assign(items, 4, none_taken, NULL), 0);
	assert_string_equal(items[0].name, "a");
	assert_string_equal(items[1].name, "A");
	assert_string_equal(items[2].name, "b%2Fc");
	assert_string_equal(items[3].name, "4");
	free_names(items, 4);
}

static void all_namesakes_carry_their_ids(void **state)
{
	struct naming items[] = {
		{.original = "same", .id = "1"},
		{.original = "other", .id = "2"},
		{.original = "same", .id = "3"},
		{.original = "same", .id = "4"},
	};

	(void)state;
	assert_int_equal(names_assign(items, 4, none_taken, NULL), 0);
	assert_string_equal(items[0].name, "same [1]");
	assert_string_equal(items[1].name, "other");
	assert_string_equal(items[2].name, "same [3]");
	assert_string_equal(items[3].name, "same [4]");
	free_names(items, 4);
}

static void long_namesakes_are_told_by_their_ids(void **state)
{
	char *original = repeated("分", 200);
	struct naming items[] = {
		{.original = original, .id = "id-1"},
		{.original = original, .id = "id-2"},
	};

	(void)state;
	assert_int_equal(names_assign(items, 2, none_taken, NULL), 0);
	assert_cut(items[0].name, "分", "~id-1");
	assert_cut(items[1].name, "分", "~id-2");
	free_names(items, 2);
	free(original);
}

static void one_called_as_anothers_marked_name_gets_out_of_the_way(void **state)
{
	struct naming items[] = {
		{.original = "same [1]", .id = "9"},
		{.original = "same", .id = "1"},
		{.original = "same", .id = "2"},
	};

	(void)state;
	assert_int_equal(names_assign(items, 3, none_taken, NULL), 0);
	assert_unique(items, 3);
	assert_string_equal(items[1].name, "same [1]");
	assert_string_equal(items[2].name, "same [2]");
	assert_string_equal(items[0].name, "same [1] [9]");
	free_names(items, 3);
}

static void a_name_given_before_stays_and_its_namesake_is_marked(void **state)
{
	struct naming items[] = {
		{.original = "same", .id = "1", .fixed = true},
		{.original = "same", .id = "2"},
	};

	(void)state;
	items[0].name = strdup("same");
	assert_int_equal(names_assign(items, 2, none_taken, NULL), 0);
	assert_string_equal(items[0].name, "same");
	assert_string_equal(items[1].name, "same [2]");
	free_names(items, 2);
}

static void a_name_given_before_stays_though_it_is_called_otherwise(
	void **state)
{
	struct naming items[] = {
		{.original = "new name", .id = "1", .fixed = true},
		{.original = "old name", .id = "2"},
	};

	(void)state;
	items[0].name = strdup("old name");
	assert_int_equal(names_assign(items, 2, none_taken, NULL), 0);
	assert_string_equal(items[0].name, "old name");
	assert_string_equal(items[1].name, "old name [2]");
	free_names(items, 2);
}

static void a_taken_name_is_not_given(void **state)
{
	static const char *reserved[] = {"latest", "latest [2]", NULL};
	struct naming items[] = {
		{.original = "latest", .id = "1"},
		{.original = "latest", .id = "2"},
		{.original = "free", .id = "3"},
	};

	(void)state;
	assert_int_equal(names_assign(items, 3, is_reserved, reserved), 0);
	assert_string_equal(items[0].name, "latest [1]");
	assert_legal(items[1].name);
	assert_false(is_reserved(reserved, items[1].name, "2"));
	assert_string_equal(items[2].name, "free");
	assert_unique(items, 3);
	free_names(items, 3);
}

static void an_empty_directory_needs_no_names(void **state)
{
	(void)state;
	assert_int_equal(names_assign(NULL, 0, none_taken, NULL), 0);
}

/* Random ones
 * --------------------------------------------------------------------- */

/* Few different pieces, so that namesakes, and names that look like marked or
   cut or escaped ones, come up often. */
static void random_original(struct random *random, char *text, size_t size)
{
	static const char *const pieces[] = {
		"a",	"b",	    " [", "]",	  "1", "2",  "~", "/",
		"%",	"2F",	    ".",  "..",	  "é", "分", "🎉", "\xff",
		"\x80", "\xe2\x82", "\n", "\x7f", " ", "-",
	};
	size_t count = random_below(random, 8), used = 0;

	if (random_below(random, 8) == 0)
		count = 60 + random_below(random, 250);
	text[0] = '\0';
	while (count-- > 0) {
		const char *piece =
			pieces[random_below(random, COUNT_OF(pieces))];
		size_t length = strlen(piece);

		if (used + length >= size)
			return;
		memcpy(text + used, piece, length + 1);
		used += length;
	}
}

static void any_single_name_is_legal_and_tells_its_original(void **state)
{
	struct random random;
	char original[1000];

	(void)state;
	random_init(&random, "single names");
	for (size_t i = 0; i < random_cases(20000); i++) {
		const char *name;

		random_original(&random, original, sizeof(original));
		name = plain(original);
		assert_legal(name);
		if (*original && strlen(name) < NAME_BYTES_MAX - 4 &&
		    !strstr(name, "~id-1"))
			assert_int_equal(original_of(name, original), 0);
		assert_legal(marked(original));
	}
}

enum { MAX_ITEMS = 40 };

struct directory {
	char originals[MAX_ITEMS][1000], ids[MAX_ITEMS][16];
	struct naming items[MAX_ITEMS];
	size_t count;
};

static void called_as_marked(char *original, const char *other, const char *id)
{
	struct buffer text;

	buffer_init(&text, 999);
	if (buffer_printf(&text, "%s [%s]", other, id) == 0)
		memcpy(original, text.data, text.size + 1);
	buffer_finish(&text);
}

static void random_directory(struct random *random, struct directory *d)
{
	memset(d, 0, sizeof(*d));
	d->count = random_below(random, MAX_ITEMS + 1);
	for (size_t i = 0; i < d->count; i++) {
		/* Every other one is called as another is, or would be. */
		size_t other = i ? random_below(random, i) : 0;
		char *original = d->originals[i];

		snprintf(d->ids[i], sizeof(d->ids[i]), "%zu", i);
		random_original(random, original, sizeof(d->originals[i]));
		if (i && random_below(random, 3) == 0)
			memcpy(original, d->originals[other],
			       sizeof(d->originals[i]));
		else if (i && random_below(random, 3) == 0)
			called_as_marked(original, d->originals[other],
					 d->ids[other]);
		d->items[i].original = original;
		d->items[i].id = d->ids[i];
	}
}

static size_t namesakes(const struct directory *d, size_t of)
{
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++)
		count += strcmp(d->originals[i], d->originals[of]) == 0;
	return count;
}

static void any_directory_has_legal_unique_names(void **state)
{
	static const char *reserved[] = {"latest", "a", "a [1]", NULL};
	static struct directory d;
	struct random random;

	(void)state;
	random_init(&random, "directories");
	for (size_t n = 0; n < random_cases(2000); n++) {
		random_directory(&random, &d);
		assert_int_equal(
			names_assign(d.items, d.count, is_reserved, reserved),
			0);
		assert_unique(d.items, d.count);
		for (size_t i = 0; i < d.count; i++) {
			const char *name = d.items[i].name;

			assert_legal(name);
			assert_false(is_reserved(reserved, name, d.ids[i]));
			/* None of a set of equals has the plain name. */
			if (*d.originals[i] && namesakes(&d, i) > 1 &&
			    strlen(name) < NAME_BYTES_MAX / 2)
				assert_string_not_equal(name,
							plain(d.originals[i]));
		}
		free_names(d.items, d.count);
	}
}

static void names_given_stay_when_the_directory_changes(void **state)
{
	static struct directory d;
	struct random random;
	char *given[MAX_ITEMS];

	(void)state;
	random_init(&random, "changing directories");
	for (size_t n = 0; n < random_cases(1000); n++) {
		size_t first;

		random_directory(&random, &d);
		first = d.count / 2;
		assert_int_equal(names_assign(d.items, first, none_taken, NULL),
				 0);
		for (size_t i = 0; i < first; i++) {
			given[i] = strdup(d.items[i].name);
			d.items[i].fixed = true;
		}
		assert_int_equal(
			names_assign(d.items, d.count, none_taken, NULL), 0);
		assert_unique(d.items, d.count);
		for (size_t i = 0; i < first; i++) {
			assert_string_equal(d.items[i].name, given[i]);
			free(given[i]);
		}
		free_names(d.items, d.count);
	}
}

static void the_same_names_are_given_again(void **state)
{
	static struct directory d;
	struct random random;
	char *given[MAX_ITEMS];

	(void)state;
	random_init(&random, "repeated directories");
	for (size_t n = 0; n < random_cases(500); n++) {
		random_directory(&random, &d);
		assert_int_equal(
			names_assign(d.items, d.count, none_taken, NULL), 0);
		for (size_t i = 0; i < d.count; i++) {
			given[i] = d.items[i].name;
			d.items[i].name = NULL;
		}
		/* In another order. */
		for (size_t i = 0; i < d.count / 2; i++) {
			struct naming swapped = d.items[i];

			d.items[i] = d.items[d.count - 1 - i];
			d.items[d.count - 1 - i] = swapped;
		}
		assert_int_equal(
			names_assign(d.items, d.count, none_taken, NULL), 0);
		for (size_t i = 0; i < d.count; i++) {
			assert_string_equal(d.items[i].name,
					    given[d.count - 1 - i]);
			free(given[d.count - 1 - i]);
		}
		free_names(d.items, d.count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_ordinary_names_alone),
		cmocka_unit_test(escapes_slashes_percents_and_control_bytes),
		cmocka_unit_test(escapes_the_whole_of_dot_and_dotdot),
		cmocka_unit_test(escapes_what_is_no_utf8),
		cmocka_unit_test(calls_the_nameless_by_its_id),
		cmocka_unit_test(marks_with_the_id),
		cmocka_unit_test(appends_to_what_is_there),
		cmocka_unit_test(takes_255_bytes_whole),
		cmocka_unit_test(cuts_at_a_character_and_ends_with_the_id),
		cmocka_unit_test(one_that_only_its_mark_makes_too_long_is_cut),
		cmocka_unit_test(a_long_id_leaves_it_legal_and_its_own),
		cmocka_unit_test(tells_the_original),
		cmocka_unit_test(knows_a_name_that_is_none_of_ours),
		cmocka_unit_test(knows_what_looks_like_an_id),
		cmocka_unit_test(different_names_stay_plain),
		cmocka_unit_test(all_namesakes_carry_their_ids),
		cmocka_unit_test(long_namesakes_are_told_by_their_ids),
		cmocka_unit_test(
			one_called_as_anothers_marked_name_gets_out_of_the_way),
		cmocka_unit_test(
			a_name_given_before_stays_and_its_namesake_is_marked),
		cmocka_unit_test(
			a_name_given_before_stays_though_it_is_called_otherwise),
		cmocka_unit_test(a_taken_name_is_not_given),
		cmocka_unit_test(an_empty_directory_needs_no_names),
		cmocka_unit_test(
			any_single_name_is_legal_and_tells_its_original),
		cmocka_unit_test(any_directory_has_legal_unique_names),
		cmocka_unit_test(names_given_stay_when_the_directory_changes),
		cmocka_unit_test(the_same_names_are_given_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
