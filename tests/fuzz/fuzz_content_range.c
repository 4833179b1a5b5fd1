/* A Content-Range header's value. */

#include <inttypes.h>

#include "fuzz.h"
#include "range.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = fuzz_text(bytes, size), again[128];
	struct content_range range, other;

	if (content_range_parse(text, &range) == 0) {
		REQUIRE(range.first >= 0 && range.first <= range.last);
		REQUIRE(range.total >= 0);
		snprintf(again, sizeof(again),
			 "bytes %" PRId64 "-%" PRId64 "/%" PRId64, range.first,
			 range.last, range.total);
		REQUIRE(content_range_parse(again, &other) == 0);
		REQUIRE(memcmp(&range, &other, sizeof(range)) == 0);
	}
	free(text);
	return 0;
}
