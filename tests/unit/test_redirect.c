/* Where a byte request may be sent on to: fs/gateway/redirect.h. */

#include "redirect.h"

#include "test.h"

static void storage_links_are_followed(void **state)
{
	(void)state;
	assert_true(
		redirect_is_allowed("https://store.example/a?sig=x", false));
	assert_true(redirect_is_allowed("HTTPS://store.example:8443/", false));
}

static void nothing_else_is(void **state)
{
	static const char *const refused[] = {
		"",
		"/a",
		"//store.example/a",
		"a",
		"http://store.example/a",
		"http://127.0.0.1:80/a",
		"ftp://store.example/a",
		"file:///etc/passwd",
		"https://",
		"https:///a",
		"https://?a",
		"https://user@store.example/a",
		"https://user:word@store.example/a",
		"https://a\\b/",
		"https://store.example/a b",
		"https://store.example/a\r\nX: y",
		"https://store.example/\x01",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		if (redirect_is_allowed(refused[i], false))
			fail_msg("followed: %s", refused[i]);
}

static void this_machine_is_when_the_endpoint_is_here_too(void **state)
{
	(void)state;
	assert_true(redirect_is_allowed("http://127.0.0.1:8080/a", true));
	assert_true(redirect_is_allowed("http://[::1]:8080/a", true));
	assert_false(redirect_is_allowed("http://10.0.0.1:80/a", true));
	assert_false(redirect_is_allowed("http://127.0.0.1.example/", true));
	assert_false(
		redirect_is_allowed("http://127.0.0.1:80@h.example/", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storage_links_are_followed),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(this_machine_is_when_the_endpoint_is_here_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
