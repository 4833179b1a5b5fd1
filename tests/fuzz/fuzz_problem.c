/* The first two bytes are a status, and the body of a refusal follows. */

#include "caifs/problem.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct problem problem;
	char text[64];
	long status;

	if (size < 2)
		return 0;
	status = 100 + (bytes[0] << 8 | bytes[1]) % 500;
	memset(&problem, 0xa5, sizeof(problem));
	problem_read(&problem, HTTP_OK, status, (const char *)bytes + 2,
		     size - 2);
	REQUIRE(problem.status == status);
	REQUIRE(memchr(problem.code, 0, sizeof(problem.code)));
	REQUIRE(memchr(problem.words, 0, sizeof(problem.words)));
	/* They go into a log and onto a terminal. */
	for (const char *p = problem.words; *p; p++)
		REQUIRE((unsigned char)*p >= 0x20 && *p != 0x7f);

	problem_is_throttling(&problem);
	if (problem_verdict(&problem) == VERDICT_FAILURE)
		REQUIRE(problem_errno(&problem) < 0);
	memset(text, 0xa5, sizeof(text));
	problem_explain(&problem, text, sizeof(text));
	REQUIRE(memchr(text, 0, sizeof(text)));
	return 0;
}
