#ifndef CAIFS_HREF_H
#define CAIFS_HREF_H

/*
 * Links from the platform. They are not trusted: only path and query of an
 * href are used, on the configured endpoint (contract 1.3). All functions
 * return 0 or a negative errno, also of buffer_append(); `out` may then hold
 * part of the result. Pure; any thread.
 */

#include "caifs/buffer.h"

/* Appends the path and query of `href` ("https://host:443/a?b", or "/a?b").
   -EBADMSG: another form, a blank, control character or '#', a "." or ".."
   segment, or a path that does not begin with `prefix`. */
int href_local(const char *href, const char *prefix, struct buffer *out);

/* Appends the value of query parameter `name`, percent-decoded once.
   -ENOENT: no such parameter; -EBADMSG: a bad escape, or an encoded NUL. */
int href_parameter(const char *href, const char *name, struct buffer *out);

/* Appends the path segment that follows "/`collection`/", percent-decoded
   once. -ENOENT: no such segment; -EBADMSG: as above. */
int href_segment(const char *href, const char *collection, struct buffer *out);

#endif
