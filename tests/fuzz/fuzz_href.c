/* A link from the platform. */

#include "caifs/href.h"
#include "fuzz.h"

#define PREFIX "/data/foundation/export/"

/* What is decoded holds no NUL, lest it be taken for a shorter one. */
static void check_decoded(int err, const struct buffer *out)
{
	if (err == 0)
		REQUIRE(strlen(buffer_text(out)) == out->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *href = fuzz_text(bytes, size);
	struct buffer out;

	buffer_init(&out, 4096);
	if (href_local(href, PREFIX, &out) == 0) {
		const char *local = buffer_text(&out);

		REQUIRE(strncmp(local, PREFIX, strlen(PREFIX)) == 0);
		for (; *local; local++)
			REQUIRE((unsigned char)*local > 0x20 && *local != 0x7f);
	}
	buffer_clear(&out);
	check_decoded(href_parameter(href, "path", &out), &out);
	buffer_clear(&out);
	check_decoded(href_segment(href, "files", &out), &out);
	buffer_finish(&out);
	free(href);
	return 0;
}
