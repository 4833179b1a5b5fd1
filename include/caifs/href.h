#ifndef CAIFS_HREF_H
#define CAIFS_HREF_H

/*
 * Links from the platform, which are not trusted: of an href only the path and
 * query are used, on the configured endpoint (contract 1.3). Pure; any thread.
 */

#include "caifs/buffer.h"

/* Appends the path and query of `href` ("https://host:443/a?b", or "/a?b").
   -EBADMSG when it has another form, holds blanks or control characters, or
   its path does not begin with `prefix`. */
int href_local(const char *href, const char *prefix, struct buffer *out);

/* Appends the value of query parameter `name`, decoded once.
   -ENOENT: it has none; -EBADMSG: bad escapes, or an encoded NUL. */
int href_parameter(const char *href, const char *name, struct buffer *out);

/* Appends the path segment that follows "/`collection`/", decoded once.
   -ENOENT, -EBADMSG as above. */
int href_segment(const char *href, const char *collection, struct buffer *out);

#endif
