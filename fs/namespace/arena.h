#ifndef CAIFS_NAMESPACE_ARENA_H
#define CAIFS_NAMESPACE_ARENA_H

/* Strings and tables that live and die together, counted: each snapshot of a
   tree holds a reference. Filling it is for one thread; ref and unref: any. */

#include <stddef.h>

struct arena;

struct arena *arena_create(void); /* NULL: -ENOMEM */
struct arena *arena_ref(struct arena *arena);
struct arena *arena_unref(struct arena *arena); /* NULL is fine */

/* The bytes it holds from the system. */
size_t arena_size(const struct arena *arena);

/* Zeroed and aligned for anything; NULL: -ENOMEM. */
void *arena_take(struct arena *arena, size_t size);

/* A copy; the same one as last time when the text is the same as last time,
   which the ids of a batch's parts are. */
const char *arena_text(struct arena *arena, const char *text);

/* `own`, a text of the arena's, if it says the same; else as arena_text(). */
const char *arena_text_or(struct arena *arena, const char *text,
			  const char *own);

#endif
