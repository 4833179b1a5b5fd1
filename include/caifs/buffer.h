#ifndef CAIFS_BUFFER_H
#define CAIFS_BUFFER_H

/*
 * A growing run of bytes with a ceiling.
 *
 * What comes from a server is stored in buffers, so each has a `limit` in
 * bytes. An append that would exceed it returns -EMSGSIZE. The bytes are always
 * followed by a NUL that is not counted. Any buffer may hold a secret: bytes
 * are wiped before their memory is freed or used again.
 *
 * Not thread-safe. Functions that return int return 0, -ENOMEM or -EMSGSIZE,
 * and leave the buffer unchanged on failure, but for buffer_append_encoded(),
 * which may have appended a part.
 */

#include <stdarg.h>
#include <stddef.h>

struct buffer {
	char *data; /* NULL until the first byte; NUL-terminated after */
	size_t size;
	size_t capacity;
	size_t limit;
};

void buffer_init(struct buffer *b, size_t limit); /* allocates nothing */

/* Frees the memory. The buffer is empty and may be used again. */
void buffer_finish(struct buffer *b);

/* Empties it, keeps the memory. */
void buffer_clear(struct buffer *b);

int buffer_append(struct buffer *b, const void *bytes, size_t size);
int buffer_append_text(struct buffer *b, const char *text);
int buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends `text` percent-encoded: all but RFC 3986's unreserved characters. */
int buffer_append_encoded(struct buffer *b, const char *text);

/* The bytes as a string; borrowed until the next change. "": none. */
const char *buffer_text(const struct buffer *b);

/* Returns the bytes, NUL-terminated, and leaves `b` empty. The caller frees
   them. NULL: nothing was ever appended. */
char *buffer_steal(struct buffer *b);

#endif
