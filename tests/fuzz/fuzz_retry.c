/* A Retry-After header's value. */

#include "fuzz.h"
#include "retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const int64_t now[] = {0, INT64_C(1700000000000)};
	char *text = fuzz_text(bytes, size);

	for (size_t i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		int64_t ms = retry_after_ms(text, now[i]);

		REQUIRE(ms >= -1 && ms <= 60 * 1000);
	}
	free(text);
	return 0;
}
