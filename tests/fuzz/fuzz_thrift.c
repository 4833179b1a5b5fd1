/* The first byte is a type, and a value of it follows. */

#include "fuzz.h"
#include "thrift.h"

/* A struct's fields, each by way of the call for its type. */
static int walk_struct(struct thrift *thrift)
{
	struct thrift_field field = {0};
	struct thrift_list list;
	struct thrift_map map;
	const char *bytes;
	int64_t number;
	size_t size;
	int r = 0;

	while (r == 0) {
		const unsigned char *from = thrift->at;

		r = thrift_next_field(thrift, &field);
		REQUIRE(thrift->at <= thrift->end);
		if (r || field.type == THRIFT_STOP)
			return r;
		REQUIRE(thrift->at > from && field.type <= THRIFT_UUID);
		switch (field.type) {
		case THRIFT_I8:
		case THRIFT_I16:
		case THRIFT_I32:
		case THRIFT_I64:
			r = thrift_number(thrift, field.type, &number);
			break;
		case THRIFT_BINARY:
			r = thrift_binary(thrift, &bytes, &size);
			REQUIRE(r || bytes + size == (const char *)thrift->at);
			break;
		case THRIFT_LIST:
		case THRIFT_SET:
			r = thrift_list_header(thrift, &list);
			for (uint32_t i = 0; r == 0 && i < list.count; i++)
				r = thrift_skip_element(thrift, list.type);
			break;
		case THRIFT_MAP:
			r = thrift_map_header(thrift, &map);
			for (uint32_t i = 0; r == 0 && i < map.count; i++) {
				r = thrift_skip_element(thrift, map.key);
				if (r == 0)
					r = thrift_skip_element(thrift,
								map.value);
			}
			break;
		default:
			r = thrift_skip(thrift, field.type);
		}
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct thrift skipped, walked;

	if (size == 0)
		return 0;
	skipped = thrift_begin((const char *)bytes + 1, size - 1);
	walked = skipped;
	if (thrift_skip(&skipped, bytes[0]) == 0)
		REQUIRE(skipped.at <= skipped.end);
	/* What can be skipped can be walked, and to the same place. */
	if (bytes[0] != THRIFT_STRUCT)
		return 0;
	skipped = walked;
	if (thrift_skip(&skipped, THRIFT_STRUCT) == 0) {
		REQUIRE(walk_struct(&walked) == 0);
		REQUIRE(walked.at == skipped.at);
	} else {
		walk_struct(&walked);
	}
	return 0;
}
