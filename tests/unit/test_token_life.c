/* A token's end, by its own payload: fs/gateway/token_life.h. */

#include "token_life.h"

#include "test.h"

/* {"created_at":"1000000","expires_in":"86400000","type":"access_token"} */
#define PAYLOAD                                                                \
	"eyJjcmVhdGVkX2F0IjoiMTAwMDAwMCIsImV4cGlyZXNfaW4iOiI4NjQwMDAwMCIsInR5" \
	"cGUiOiJhY2Nlc3NfdG9rZW4ifQ"

static void lives_until_its_creation_and_its_time(void **state)
{
	(void)state;
	assert_int_equal(token_life_ms("h." PAYLOAD ".s", 1000000), 86400000);
	assert_int_equal(token_life_ms("h." PAYLOAD ".s", 1000000 + 86399000),
			 1000);
}

static void is_negative_when_it_has_ended(void **state)
{
	(void)state;
	assert_int_equal(token_life_ms("h." PAYLOAD ".s", 1000000 + 86405000),
			 -5000);
}

static void does_not_tell_when_it_cannot_be_read(void **state)
{
	static const char *const tokens[] = {
		"",
		"a",
		"a.b",
		"..",
		"h.e30.s",
		"h.!!!.s",
		"h.bm90anNvbg.s",
		"h." PAYLOAD,
		"h." PAYLOAD "=.s",
		/* {"created_at":"x","expires_in":"1"} */
		"h.eyJjcmVhdGVkX2F0IjoieCIsImV4cGlyZXNfaW4iOiIxIn0.s",
		/* {"created_at":"9223372036854775807","expires_in":"1"} */
		(("h.eyJjcmVhdGVkX2F0IjoiOTIyMzM3MjAzNjg1NDc3NTgwNyIsImV4cGlyZXN"
		  "faW4iOiIxIn0.s")),
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tokens); i++)
		if (token_life_ms(tokens[i], 1000) != -1)
			fail_msg("it told: %s", tokens[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives_until_its_creation_and_its_time),
		cmocka_unit_test(is_negative_when_it_has_ended),
		cmocka_unit_test(does_not_tell_when_it_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
