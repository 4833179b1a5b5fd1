/* The walker of thrift's compact protocol: fs/parquet/thrift.h. */

#include "thrift.h"

#include "random.h"
#include "test.h"

/* The bytes of a string literal, without its NUL. */
#define BYTES(literal) thrift_begin(literal, sizeof(literal) - 1)

static void varints_are_read_to_the_64th_bit(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint64_t number;
	} cases[] = {
		{"\x00", 1, 0},
		{"\x7f", 1, 127},
		{"\x80\x01", 2, 128},
		{"\xdf\x89\x03", 3, 50399}, /* the specification's example */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, UINT64_MAX},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10,
		 UINT64_C(1) << 63},
		{"\x81\x00", 2, 1}, /* longer than need be */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct thrift t = thrift_begin(cases[i].bytes, cases[i].size);
		uint64_t number = 1234;

		assert_int_equal(thrift_varint(&t, &number), 0);
		assert_true(number == cases[i].number);
		assert_ptr_equal(t.at, t.end);
	}
}

static void varints_end_within_the_buffer_and_64_bits(void **state)
{
	struct thrift cases[] = {
		BYTES(""),
		BYTES("\x80"),
		BYTES("\xff\xff"),
		BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
		BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
	};
	uint64_t number = 1234;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(thrift_varint(&cases[i], &number), -EINVAL);
	assert_true(number == 1234);
}

static void numbers_have_a_sign_and_a_width(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint8_t type;
		int64_t number;
	} cases[] = {
		{"\x00", 1, THRIFT_I32, 0},
		{"\x01", 1, THRIFT_I32, -1},
		{"\x02", 1, THRIFT_I16, 1},
		{"\x03", 1, THRIFT_I64, -2},
		{"\x7f", 1, THRIFT_I8, 127}, /* a plain byte */
		{"\xff", 1, THRIFT_I8, -1},
		{"\xfe\xff\x03", 3, THRIFT_I16, INT16_MAX},
		{"\xff\xff\x03", 3, THRIFT_I16, INT16_MIN},
		{"\xfe\xff\xff\xff\x0f", 5, THRIFT_I32, INT32_MAX},
		{"\xff\xff\xff\xff\x0f", 5, THRIFT_I32, INT32_MIN},
		{"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, THRIFT_I64,
		 INT64_MAX},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, THRIFT_I64,
		 INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct thrift t = thrift_begin(cases[i].bytes, cases[i].size);
		int64_t number = 1234;

		assert_int_equal(thrift_number(&t, cases[i].type, &number), 0);
		assert_true(number == cases[i].number);
		assert_ptr_equal(t.at, t.end);
	}
}

static void numbers_too_wide_or_of_no_number_type_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint8_t type;
	} cases[] = {
		{"\x80\x80\x04", 3, THRIFT_I16},	 /* 32768 */
		{"\x81\x80\x04", 3, THRIFT_I16},	 /* -32769 */
		{"\x80\x80\x80\x80\x10", 5, THRIFT_I32}, /* 2^31 */
		{"", 0, THRIFT_I8},
		{"\x00", 1, THRIFT_TRUE},
		{"\x00", 1, THRIFT_BINARY},
		{"\x00", 1, 200},
	};
	int64_t number = 1234;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct thrift t = thrift_begin(cases[i].bytes, cases[i].size);

		assert_int_equal(thrift_number(&t, cases[i].type, &number),
				 -EINVAL);
	}
	assert_true(number == 1234);
}

static void fields_are_told_by_steps_or_by_number(void **state)
{
	/* 1: true; by 15 to 16: I32 -1; long form, 1000: binary "ab"; long
	   form, back to 2: false; stop. */
	struct thrift t = BYTES("\x11"
				"\xf5\x01"
				"\x08\xd0\x0f\x02"
				"ab"
				"\x02\x04"
				"\x00");
	struct thrift_field field = {0};
	const char *bytes;
	int64_t number;
	size_t size;

	(void)state;
	assert_int_equal(thrift_next_field(&t, &field), 0);
	assert_int_equal(field.id, 1);
	assert_int_equal(field.type, THRIFT_TRUE);
	assert_int_equal(thrift_skip(&t, field.type), 0);

	assert_int_equal(thrift_next_field(&t, &field), 0);
	assert_int_equal(field.id, 16);
	assert_int_equal(thrift_number(&t, field.type, &number), 0);
	assert_true(number == -1);

	assert_int_equal(thrift_next_field(&t, &field), 0);
	assert_int_equal(field.id, 1000);
	assert_int_equal(thrift_binary(&t, &bytes, &size), 0);
	assert_int_equal(size, 2);
	assert_memory_equal(bytes, "ab", 2);

	assert_int_equal(thrift_next_field(&t, &field), 0);
	assert_int_equal(field.id, 2);
	assert_int_equal(field.type, THRIFT_FALSE);

	assert_int_equal(thrift_next_field(&t, &field), 0);
	assert_int_equal(field.type, THRIFT_STOP);
	assert_ptr_equal(t.at, t.end);
}

static void fields_that_cannot_be_are_refused(void **state)
{
	struct thrift cases[] = {
		BYTES(""),
		BYTES("\x10"),		   /* a step, and no type */
		BYTES("\x1e"),		   /* no such type */
		BYTES("\x08"),		   /* the number is missing */
		BYTES("\x08\x80\x80\x04"), /* 32768 */
	};
	struct thrift beyond = BYTES("\x08\xfe\xff\x03\x18");
	struct thrift_field field;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		field = (struct thrift_field){0};
		assert_int_equal(thrift_next_field(&cases[i], &field), -EINVAL);
	}
	field = (struct thrift_field){0};
	assert_int_equal(thrift_next_field(&beyond, &field), 0);
	assert_int_equal(field.id, INT16_MAX);
	assert_int_equal(thrift_next_field(&beyond, &field), -EINVAL);
}

static void lists_and_maps_tell_what_is_in_them(void **state)
{
	struct thrift brief = BYTES("\x25\x02\x04");
	struct thrift lengthy = BYTES("\xf3\x10"
				      "0123456789abcdef");
	struct thrift untyped = BYTES("\x00");
	struct thrift map = BYTES("\x02\x8c"
				  "\x01k\x00\x01k\x00");
	struct thrift empty = BYTES("\x00");
	struct thrift_list list;
	struct thrift_map pairs;

	(void)state;
	assert_int_equal(thrift_list_header(&brief, &list), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.type, THRIFT_I32);
	assert_int_equal(thrift_list_header(&lengthy, &list), 0);
	assert_int_equal(list.count, 16);
	assert_int_equal(list.type, THRIFT_I8);
	assert_int_equal(thrift_list_header(&untyped, &list), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(thrift_map_header(&map, &pairs), 0);
	assert_int_equal(pairs.count, 2);
	assert_int_equal(pairs.key, THRIFT_BINARY);
	assert_int_equal(pairs.value, THRIFT_STRUCT);
	assert_int_equal(thrift_map_header(&empty, &pairs), 0);
	assert_int_equal(pairs.count, 0);
	assert_ptr_equal(empty.at, empty.end);
}

/* A list that says more than the bytes can hold is found out at once, and not
   after so many rounds. */
static void lists_and_maps_promise_no_more_than_there_is(void **state)
{
	struct thrift lists[] = {
		BYTES(""),
		BYTES("\x35\x00\x00"),	       /* 3, of which 2 are here */
		BYTES("\x27xxxxxxxxxxxxxxx"),  /* doubles, a byte too few */
		BYTES("\x1dxxxxxxxxxxxxxxx"),  /* a UUID, as much */
		BYTES("\x1exxxx"),	       /* no such type */
		BYTES("\x10xxxx"),	       /* none at all */
		BYTES("\xf3\xff\xff\xff\xff"), /* the length does not end */
		BYTES("\xf3\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01xxxx"),
	};
	struct thrift maps[] = {
		BYTES(""),
		BYTES("\x01"),		  /* the types are missing */
		BYTES("\x02\x33xxx"),	  /* the last value is */
		BYTES("\x01\x37xxxxxxx"), /* a double needs 8 */
		BYTES("\x01\x03xx"),	  /* no type of key */
		BYTES("\x01\x30xx"),	  /* nor of value */
		BYTES("\x01\x3fxx"),
		BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x33xxxx"),
	};
	struct thrift_list list = {.count = 99};
	struct thrift_map map = {.count = 99};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		assert_int_equal(thrift_list_header(&lists[i], &list), -EINVAL);
	for (size_t i = 0; i < COUNT_OF(maps); i++)
		assert_int_equal(thrift_map_header(&maps[i], &map), -EINVAL);
	assert_int_equal(list.count, 99);
	assert_int_equal(map.count, 99);
}

static void a_list_has_a_ceiling_even_where_the_bytes_are_there(void **state)
{
	static const char header[] = "\xf3\x80\x89\x7a"; /* 2,000,000 */
	enum { SIZE = 2000000 + 4 };
	char *bytes = test_alloc(SIZE);
	struct thrift_list list;
	struct thrift t;

	(void)state;
	memcpy(bytes, header, 4);
	t = thrift_begin(bytes, SIZE);
	assert_int_equal(thrift_list_header(&t, &list), -EINVAL);
	memcpy(bytes, "\xf3\xc0\x84\x3d", 4); /* 1,000,000 */
	t = thrift_begin(bytes, SIZE);
	assert_int_equal(thrift_list_header(&t, &list), 0);
	assert_int_equal(list.count, THRIFT_MAX_ELEMENTS);
	free(bytes);
}

/* One field of each type, and one with all of them within another. */
static const char everything[] = "\x11\x12"
				 "\x13\x05"
				 "\x14\x06"
				 "\x15\x08"
				 "\x16\x0a"
				 "\x17"
				 "12345678"
				 "\x18\x03"
				 "abc"
				 "\x19\x32\x01\x02\x00" /* booleans */
				 "\x1a\x15\x02"
				 "\x1b\x02\x2c\x01\x15\x02\x00\x02\x00"
				 "\x1c\x11\x1c\x00\x19\x1b\x00\x00"
				 "\x1d"
				 "0123456789abcdef"
				 "\x00";

static void every_type_is_skipped(void **state)
{
	struct thrift t = thrift_begin(everything, sizeof(everything) - 1);
	struct thrift all = t;
	struct thrift_field field = {0};
	int fields = 0;

	(void)state;
	for (;;) {
		assert_int_equal(thrift_next_field(&t, &field), 0);
		if (field.type == THRIFT_STOP)
			break;
		assert_int_equal(field.id, ++fields);
		assert_int_equal(thrift_skip(&t, field.type), 0);
	}
	assert_int_equal(fields, 13);
	assert_ptr_equal(t.at, t.end);

	assert_int_equal(thrift_skip(&all, THRIFT_STRUCT), 0);
	assert_ptr_equal(all.at, all.end);
}

/* In memory of just that length, so that a sanitizer sees a byte too far. */
static int skip_exact(const char *bytes, size_t size, uint8_t type)
{
	char *exact = test_alloc(size);
	struct thrift t;
	int r;

	memcpy(exact, bytes, size);
	t = thrift_begin(exact, size);
	r = thrift_skip(&t, type);
	assert_true(t.at <= t.end);
	free(exact);
	return r;
}

static void no_struct_ends_before_its_end(void **state)
{
	(void)state;
	for (size_t size = 0; size < sizeof(everything) - 1; size++)
		assert_int_equal(skip_exact(everything, size, THRIFT_STRUCT),
				 -EINVAL);
}

static void nesting_has_a_ceiling(void **state)
{
	char bytes[2 * THRIFT_MAX_DEPTH + 2];
	enum { MAX = THRIFT_MAX_DEPTH };

	(void)state;
	/* A struct in a struct in a struct ... */
	memset(bytes, 0x1c, MAX - 1);
	memset(bytes + MAX - 1, 0, MAX);
	assert_int_equal(skip_exact(bytes, 2 * MAX - 1, THRIFT_STRUCT), 0);
	memset(bytes, 0x1c, MAX);
	memset(bytes + MAX, 0, MAX + 1);
	assert_int_equal(skip_exact(bytes, 2 * MAX + 1, THRIFT_STRUCT),
			 -EINVAL);
	/* A list in a list in a list ... */
	memset(bytes, 0x19, MAX - 1);
	bytes[MAX - 1] = 0;
	assert_int_equal(skip_exact(bytes, MAX, THRIFT_LIST), 0);
	bytes[MAX - 1] = 0x19;
	bytes[MAX] = 0;
	assert_int_equal(skip_exact(bytes, MAX + 1, THRIFT_LIST), -EINVAL);
}

static void a_great_depth_costs_nothing(void **state)
{
	enum { SIZE = 1024 * 1024 };
	char *bytes = test_alloc(SIZE);

	(void)state;
	memset(bytes, 0x1c, SIZE);
	assert_int_equal(skip_exact(bytes, SIZE, THRIFT_STRUCT), -EINVAL);
	free(bytes);
}

static void random_bytes_are_walked_within_bounds(void **state)
{
	size_t cases = random_cases(100000);
	struct random random;
	char bytes[64];

	(void)state;
	random_init(&random, "thrift, random bytes");
	for (size_t i = 0; i < cases; i++) {
		size_t size = random_below(&random, sizeof(bytes) + 1);

		for (size_t k = 0; k < size; k++) {
			/* Half of them headers of what has others in it. */
			bytes[k] = (char)random_next(&random);
			if (random_below(&random, 2))
				bytes[k] =
					(char)(0x19 + random_below(&random, 4));
		}
		skip_exact(bytes, size, (uint8_t)random_below(&random, 16));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(varints_are_read_to_the_64th_bit),
		cmocka_unit_test(varints_end_within_the_buffer_and_64_bits),
		cmocka_unit_test(numbers_have_a_sign_and_a_width),
		cmocka_unit_test(
			numbers_too_wide_or_of_no_number_type_are_refused),
		cmocka_unit_test(fields_are_told_by_steps_or_by_number),
		cmocka_unit_test(fields_that_cannot_be_are_refused),
		cmocka_unit_test(lists_and_maps_tell_what_is_in_them),
		cmocka_unit_test(lists_and_maps_promise_no_more_than_there_is),
		cmocka_unit_test(
			a_list_has_a_ceiling_even_where_the_bytes_are_there),
		cmocka_unit_test(every_type_is_skipped),
		cmocka_unit_test(no_struct_ends_before_its_end),
		cmocka_unit_test(nesting_has_a_ceiling),
		cmocka_unit_test(a_great_depth_costs_nothing),
		cmocka_unit_test(random_bytes_are_walked_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
