#ifndef CAIFS_NAMESPACE_ARENA_H
#define CAIFS_NAMESPACE_ARENA_H

/* Strings and tables that are freed together, with a reference count: each
   snapshot of a tree holds a reference. Filled by one thread; ref and unref:
   any thread. */

#include <stddef.h>

struct arena;

struct arena *arena_create(void); /* NULL: no memory */
struct arena *arena_ref(struct arena *arena);
struct arena *arena_unref(struct arena *arena); /* NULL: no effect */

/* The bytes allocated for it. */
size_t arena_size(const struct arena *arena);

/* `size` zeroed bytes, aligned for any type, borrowed. NULL: no memory. */
void *arena_take(struct arena *arena, size_t size);

/* A copy, borrowed; the previous copy if `text` equals the previous text, as
   the ids of a batch's parts do. NULL: no memory. */
const char *arena_text(struct arena *arena, const char *text);

/* `own` if it equals `text`, else as arena_text(). `own` lives as long as the
   arena; NULL: none. */
const char *arena_text_or(struct arena *arena, const char *text,
			  const char *own);

#endif
