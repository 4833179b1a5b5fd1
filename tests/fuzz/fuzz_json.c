/* A page of a listing, or any other body in JSON. */

#include "caifs/json.h"
#include "fuzz.h"

static size_t count_values(const cJSON *value, int depth)
{
	const cJSON *child;
	size_t count = 1;
	int64_t number = -1;

	REQUIRE(depth <= JSON_MAX_DEPTH);
	json_text(value, "name", "");
	if (json_number(value, "size", &number))
		REQUIRE(number >= 0);
	else
		REQUIRE(number == -1);
	cJSON_ArrayForEach (child, value)
		count += count_values(child, depth + 1);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	cJSON *root;

	if (json_parse((const char *)bytes, size, &root) == 0) {
		REQUIRE(count_values(root, 0) <= JSON_MAX_VALUES);
		cJSON_Delete(root);
	}
	return 0;
}
