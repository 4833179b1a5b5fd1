/* Redirects: see redirect.h. */

#include "redirect.h"

#include <string.h>
#include <strings.h>

static bool is_plain(const char *url)
{
	for (; *url; url++)
		if ((unsigned char)*url <= ' ' || *url == 0x7f)
			return false;
	return true;
}

/* A host that is not empty, without user information. */
static bool has_plain_host(const char *host)
{
	size_t length = strcspn(host, "/?#");

	return length > 0 && !memchr(host, '@', length) &&
	       !memchr(host, '\\', length);
}

bool redirect_is_allowed(const char *location, bool endpoint_is_local)
{
	if (!is_plain(location))
		return false;
	if (strncasecmp(location, "https://", 8) == 0)
		return has_plain_host(location + 8);
	return endpoint_is_local &&
	       (strncasecmp(location, "http://127.0.0.1:", 17) == 0 ||
		strncasecmp(location, "http://[::1]:", 13) == 0) &&
	       has_plain_host(location + 7);
}
