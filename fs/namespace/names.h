#ifndef CAIFS_NAMESPACE_NAMES_H
#define CAIFS_NAMESPACE_NAMES_H

/*
 * File names made from the platform's names. A name is legal, unique in its
 * directory, and the original can be read from it: `/`, `%`, control bytes and
 * bytes that are not UTF-8 are written as %XX, as are all bytes of "." and
 * ".."; nothing else is. Things of the same name all get their ID, "name [ID]".
 * A name over 255 bytes is cut at a character and ends in "~ID".
 *
 * Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/buffer.h"

/* What is named so: name_items() (directory_builder.c). Which dataset keeps a
   name: assigned_names.h. */

enum { NAME_BYTES_MAX = 255 };

/* Appends the file name for `original`, or for the ID if that is empty. It need
   not be unique. 0 or -ENOMEM. */
int name_plain(const char *original, const char *id, struct buffer *out);

/* Appends the file name with the ID. 0 or -ENOMEM. */
int name_marked(const char *original, const char *id, struct buffer *out);

/* Appends the original of a plain, uncut name. -ENOMEM; -EBADMSG: bad %XX. */
int name_original(const char *name, struct buffer *out);

/* Has the form of a platform ID: 24 or 32 hex digits, a ULID, or the five
   groups of a UUID (with any letters: the vendor's sample has one that is no
   hex digit). */
bool name_is_id(const char *name);

/* Names for a whole directory. */
struct naming {
	const char *original, *id; /* borrowed; (original, id) is unique */
	bool fixed;		   /* `name` is set already and stays */
	char *name;		   /* the result; the caller frees it */
	int form;		   /* internal */
	bool move;		   /* internal */
};

/* Sets `name` of all that are not fixed. `taken` returns true if that ID must
   not have that name (reserved, or assigned to another). -ENOMEM; -EINVAL: an
   item has neither name nor ID. Free the names on failure too. */
int names_assign(struct naming *items, size_t count,
		 bool (*taken)(void *data, const char *name, const char *id),
		 void *data);

#endif
