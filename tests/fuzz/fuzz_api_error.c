/* The first two bytes are a status, and the body of a refusal follows. */

#include "caifs/api_error.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct api_error error;
	char text[64];
	long status;

	if (size < 2)
		return 0;
	status = 100 + (bytes[0] << 8 | bytes[1]) % 500;
	memset(&error, 0xa5, sizeof(error));
	api_error_read(&error, HTTP_OK, status, (const char *)bytes + 2,
		       size - 2);
	REQUIRE(error.status == status);
	REQUIRE(memchr(error.code, 0, sizeof(error.code)));
	REQUIRE(memchr(error.message, 0, sizeof(error.message)));
	/* They go into a log and onto a terminal. */
	for (const char *p = error.message; *p; p++)
		REQUIRE((unsigned char)*p >= 0x20 && *p != 0x7f);

	api_error_is_throttling(&error);
	if (api_error_decide(&error) == RETRY_DECISION_FAILURE)
		REQUIRE(api_error_errno(&error) < 0);
	memset(text, 0xa5, sizeof(text));
	api_error_explain(&error, text, sizeof(text));
	REQUIRE(memchr(text, 0, sizeof(text)));
	return 0;
}
