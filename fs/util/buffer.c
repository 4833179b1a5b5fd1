/* Bytes with a ceiling: see buffer.h. */

#include "caifs/buffer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *b, size_t limit)
{
	*b = (struct buffer){.limit = limit};
}

static void wipe(struct buffer *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
}

void buffer_finish(struct buffer *b)
{
	wipe(b);
	free(b->data);
	*b = (struct buffer){.limit = b->limit};
}

void buffer_clear(struct buffer *b)
{
	wipe(b);
	b->size = 0;
}

/* Makes room for `more` bytes and the NUL. */
static int reserve(struct buffer *b, size_t more)
{
	size_t capacity;
	char *data;

	if (more > b->limit - b->size)
		return -EMSGSIZE;
	if (b->data && b->size + more < b->capacity)
		return 0;

	capacity = b->capacity ? b->capacity : 64;
	while (capacity <= b->size + more)
		capacity *= 2;
	data = malloc(capacity); /* realloc() would not wipe the old copy */
	if (!data)
		return -ENOMEM;
	memcpy(data, buffer_text(b), b->size + 1);
	wipe(b);
	free(b->data);
	b->data = data;
	b->capacity = capacity;
	return 0;
}

int buffer_append(struct buffer *b, const void *bytes, size_t size)
{
	int err = reserve(b, size);

	if (err)
		return err;
	if (size)
		memcpy(b->data + b->size, bytes, size);
	b->size += size;
	b->data[b->size] = '\0';
	return 0;
}

int buffer_append_text(struct buffer *b, const char *text)
{
	return buffer_append(b, text, strlen(text));
}

int buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;
	int size, err;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		return -EINVAL;
	err = reserve(b, (size_t)size);
	if (err)
		return err;
	va_start(args, format);
	vsnprintf(b->data + b->size, (size_t)size + 1, format, args);
	va_end(args);
	b->size += (size_t)size;
	return 0;
}

int buffer_append_encoded(struct buffer *b, const char *text)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "abcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~";
	static const char hex[] = "0123456789ABCDEF";
	int err = 0;

	for (const char *at = text; *at && !err; at++) {
		unsigned char c = (unsigned char)*at;
		char escape[3] = {'%', hex[c >> 4], hex[c & 15]};

		if (strchr(unreserved, c))
			err = buffer_append(b, at, 1);
		else
			err = buffer_append(b, escape, sizeof(escape));
	}
	return err;
}

const char *buffer_text(const struct buffer *b)
{
	return b->data ? b->data : "";
}

char *buffer_steal(struct buffer *b)
{
	char *data = b->data;

	*b = (struct buffer){.limit = b->limit};
	return data;
}
