#ifndef CAIFS_FUZZ_H
#define CAIFS_FUZZ_H

/*
 * A fuzz target is one function: it gives the bytes to one of the project's
 * decoders, as a server might, and aborts where the answer breaks the
 * decoder's contract; the sanitizers see the rest. It keeps nothing between
 * two calls, so that an input alone makes a failure happen again.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's name for it. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define REQUIRE(condition)                                                     \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,       \
				__LINE__, #condition);                         \
			abort();                                               \
		}                                                              \
	} while (0)

/* The bytes as a string, in memory of its own; it ends at the first NUL. */
static inline char *fuzz_text(const uint8_t *bytes, size_t size)
{
	char *text = strndup((const char *)bytes, size);

	REQUIRE(text);
	return text;
}

#endif
