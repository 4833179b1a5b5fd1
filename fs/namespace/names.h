#ifndef CAIFS_NAMESPACE_NAMES_H
#define CAIFS_NAMESPACE_NAMES_H

/*
 * File names made from what a server calls things. A name is legal, unique in
 * its directory, and tells the original: `/`, `%`, control bytes and bytes
 * that are no UTF-8 are written as %XX, as are the whole of "." and "..", and
 * nothing else is. Things of the same name all carry their ID, "name [ID]";
 * what would be longer than 255 bytes is cut at a character and ends in "~ID".
 *
 * Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/buffer.h"

enum { NAME_BYTES_MAX = 255 };

/* Appends the file name for `original`, without regard to namesakes; for an
   empty one, the ID's. 0 or -ENOMEM. */
int name_plain(const char *original, const char *id, struct buffer *out);

/* Appends the file name that holds the ID as well. */
int name_marked(const char *original, const char *id, struct buffer *out);

/* Appends what a plain, uncut name was made from. -EBADMSG: not one of ours. */
int name_original(const char *name, struct buffer *out);

/* Looks like an ID of the platform: 24 or 32 hex digits, a ULID, or the five
   groups of a UUID (the vendor's own sample has a letter that is no hex
   digit, so letters are all allowed there). */
bool name_is_id(const char *name);

/* Names for a whole directory. */
struct naming {
	const char *original, *id; /* borrowed; (original, id) is unique */
	bool fixed;		   /* `name` was given before and stays */
	char *name;		   /* the answer, the caller's to free */
	int form;		   /* naming's own */
	bool move;		   /* naming's own */
};

/* `taken` says of a name that it must not be given to that ID (reserved, or
   promised to another). 0 or -ENOMEM; names given so far are to be freed
   either way. */
int names_assign(struct naming *items, size_t count,
		 bool (*taken)(void *data, const char *name, const char *id),
		 void *data);

#endif
