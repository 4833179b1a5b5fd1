#ifndef CAIFS_BUFFER_H
#define CAIFS_BUFFER_H

/*
 * A growing run of bytes with a ceiling.
 *
 * Whatever comes from a server ends up in one of these, so each is made with
 * the most it may ever hold; what would not fit is refused with -EMSGSIZE and
 * leaves the buffer as it was. The bytes are always followed by a NUL that is
 * not counted, so `data` may be read as a string when it holds text. Any of
 * them may be a secret: what is let go of is wiped.
 *
 * Not thread-safe; the owner says who may touch it. All functions return 0 or
 * a negative errno (-ENOMEM, -EMSGSIZE).
 */

#include <stdarg.h>
#include <stddef.h>

struct buffer {
	char *data; /* NULL until the first byte; NUL-terminated after */
	size_t size;
	size_t capacity;
	size_t limit;
};

void buffer_init(struct buffer *b, size_t limit);
void buffer_finish(struct buffer *b);

/* Forgets the bytes, keeps the memory. */
void buffer_clear(struct buffer *b);

int buffer_append(struct buffer *b, const void *bytes, size_t size);
int buffer_append_text(struct buffer *b, const char *text);
int buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends `text` percent-encoded: all but RFC 3986's unreserved characters. */
int buffer_append_encoded(struct buffer *b, const char *text);

/* The bytes as a string, "" when there are none; borrowed. */
const char *buffer_text(const struct buffer *b);

/* Hands the bytes to the caller, who frees them; leaves `b` empty.
   NULL when nothing was ever appended. */
char *buffer_steal(struct buffer *b);

#endif
