/* Sizes and times as people read them: fs/cli/terminal/format.h. */

#include "terminal/format.h"

#include "test.h"

static void sizes_have_two_digits_at_least(void **state)
{
	static const struct {
		double bytes;
		const char *text;
	} due[] = {
		{0, "0 B"},
		{9, "9 B"},
		{1023, "1023 B"},
		{1024, "1.0 KiB"},
		{1536, "1.5 KiB"},
		{10.0 * 1024 - 1, "10 KiB"}, /* one digit only before 10 */
		{12.0 * 1024 * 1024, "12 MiB"},
		{12.4 * 1024 * 1024, "12 MiB"},
		{1023.0 * 1024, "1023 KiB"},
		{1024.0 * 1024 - 1, "1.0 MiB"},
		{1024.0 * 1024 * 1024, "1.0 GiB"},
		{5.0 * (1LL << 40), "5.0 TiB"},
		{2048.0 * (1LL << 40), "2048 TiB"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		char text[FORMAT_TEXT];

		format_size(text, due[i].bytes);
		assert_string_equal(text, due[i].text);
	}
}

static void durations_have_hours_when_there_are_any(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} due[] = {
		{0, "0:00"},	   {0.9, "0:00"},	{26, "0:26"},
		{60, "1:00"},	   {3599, "59:59"},	{3600, "1:00:00"},
		{3723, "1:02:03"}, {36000, "10:00:00"}, {1e30, "99:59:59"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(due); i++) {
		char text[FORMAT_TEXT];

		format_duration(text, due[i].seconds);
		assert_string_equal(text, due[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_two_digits_at_least),
		cmocka_unit_test(durations_have_hours_when_there_are_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
