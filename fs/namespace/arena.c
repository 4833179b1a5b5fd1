/* Arenas: see arena.h. */

#include "arena.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 16 * 1024 };

struct chunk {
	struct chunk *next;
	alignas(max_align_t) char bytes[];
};

struct arena {
	_Atomic size_t references;
	struct chunk *chunks;
	char *at;
	size_t left, size;
	const char *last_text;
};

struct arena *arena_create(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena)
		atomic_init(&arena->references, 1);
	return arena;
}

struct arena *arena_ref(struct arena *arena)
{
	atomic_fetch_add(&arena->references, 1);
	return arena;
}

struct arena *arena_unref(struct arena *arena)
{
	struct chunk *chunk, *next;

	if (!arena || atomic_fetch_sub(&arena->references, 1) != 1)
		return NULL;
	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
	return NULL;
}

size_t arena_size(const struct arena *arena)
{
	return arena->size;
}

static char *take_bytes(struct arena *arena, size_t size, size_t align)
{
	size_t gap = -(uintptr_t)arena->at & (align - 1), room;
	struct chunk *chunk;
	char *taken;

	if (size + gap <= arena->left) {
		taken = arena->at + gap;
		arena->at += size + gap;
		arena->left -= size + gap;
		return taken;
	}
	/* A large piece gets its own chunk; the current one stays in use. */
	room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
	chunk = calloc(1, sizeof(*chunk) + room);
	if (!chunk)
		return NULL;
	arena->size += sizeof(*chunk) + room;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	if (size <= CHUNK_SIZE / 4) {
		arena->at = chunk->bytes + size;
		arena->left = CHUNK_SIZE - size;
	}
	return chunk->bytes;
}

void *arena_take(struct arena *arena, size_t size)
{
	return take_bytes(arena, size, alignof(max_align_t));
}

const char *arena_text(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy;

	if (size == 1)
		return "";
	if (arena->last_text && strcmp(arena->last_text, text) == 0)
		return arena->last_text;
	copy = take_bytes(arena, size, 1);
	if (copy)
		memcpy(copy, text, size);
	arena->last_text = copy;
	return copy;
}

const char *arena_text_or(struct arena *arena, const char *text,
			  const char *own)
{
	return own && strcmp(own, text) == 0 ? own : arena_text(arena, text);
}
