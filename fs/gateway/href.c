/* Links from the platform: see href.h. */

#include "caifs/href.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Where the path begins; NULL: not such a link. */
static const char *path_of(const char *href)
{
	const char *host;

	if (href[0] == '/' && href[1] != '/')
		return href;
	if (strncmp(href, "https://", 8) == 0)
		host = href + 8;
	else if (strncmp(href, "http://", 7) == 0)
		host = href + 7;
	else
		return NULL;
	return strchr(host, '/');
}

/* Moves past one dot, plain or percent-encoded. False: there is none. */
static bool skip_dot(const char **at)
{
	if (**at == '.')
		*at += 1;
	else if (strncasecmp(*at, "%2e", 3) == 0)
		*at += 3;
	else
		return false;
	return true;
}

/* The path has a segment "." or "..": a proxy could normalise "/data/../x" to
   another path. The query may have them. */
static bool has_dots(const char *path)
{
	while (*path == '/') {
		const char *at = ++path;

		if (skip_dot(&at) && (skip_dot(&at), strchr("/?", *at)))
			return true;
		path += strcspn(path, "/?");
	}
	return false;
}

int href_local(const char *href, const char *prefix, struct buffer *out)
{
	const char *path = path_of(href);

	for (const char *c = href; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
			return -EBADMSG;
	if (!path || strncmp(path, prefix, strlen(prefix)) != 0 ||
	    has_dots(path))
		return -EBADMSG;
	return buffer_append_text(out, path);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int append_decoded(const char *from, const char *end, struct buffer *out)
{
	int err = 0;

	for (; from < end && !err; from++) {
		char c = *from;

		if (c == '%') {
			int high = end - from > 2 ? hex_digit(from[1]) : -1;
			int low = high >= 0 ? hex_digit(from[2]) : -1;

			if (low < 0 || (high == 0 && low == 0))
				return -EBADMSG;
			c = (char)(high * 16 + low);
			from += 2;
		}
		err = buffer_append(out, &c, 1);
	}
	return err;
}

int href_parameter(const char *href, const char *name, struct buffer *out)
{
	const char *at = strchr(href, '?');
	size_t length = strlen(name);

	while (at) {
		at++;
		if (strncmp(at, name, length) == 0 && at[length] == '=') {
			const char *value = at + length + 1;

			return append_decoded(
				value, value + strcspn(value, "&#"), out);
		}
		at = strchr(at, '&');
	}
	return -ENOENT;
}

int href_segment(const char *href, const char *collection, struct buffer *out)
{
	const char *path = path_of(href);
	char marker[64];
	const char *at;
	size_t length;

	snprintf(marker, sizeof(marker), "/%s/", collection);
	at = path ? strstr(path, marker) : NULL;
	if (!at || at > path + strcspn(path, "?"))
		return -ENOENT;
	at += strlen(marker);
	length = strcspn(at, "/?#");
	if (length == 0)
		return -ENOENT;
	return append_decoded(at, at + length, out);
}
