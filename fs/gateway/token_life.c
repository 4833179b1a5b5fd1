/* When a token expires, by its own payload: see token_life.h. */

#include "token_life.h"

#include "caifs/buffer.h"
#include "caifs/json.h"

#include <string.h>

enum { PAYLOAD_MAX = 16 * 1024 };

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789-_";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* base64url without padding (RFC 4648, section 5). False: not valid, or too
   long. */
static bool decode(const char *text, size_t size, struct buffer *out)
{
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < size; i++) {
		int value = digit(text[i]);
		char byte;

		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		byte = (char)(bits >> held & 0xff);
		if (buffer_append(out, &byte, 1))
			return false;
	}
	return true;
}

int64_t token_life_ms(const char *token, int64_t wall_now_ms)
{
	const char *first = strchr(token, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	int64_t created, expires_in, life = -1;
	struct buffer payload;
	cJSON *root;

	if (!second)
		return -1;
	buffer_init(&payload, PAYLOAD_MAX);
	if (decode(first + 1, (size_t)(second - first - 1), &payload) &&
	    json_parse(buffer_text(&payload), payload.size, &root) == 0) {
		if (json_number(root, "created_at", &created) &&
		    json_number(root, "expires_in", &expires_in) &&
		    !__builtin_add_overflow(created, expires_in, &life))
			life -= wall_now_ms;
		else
			life = -1;
		cJSON_Delete(root);
	}
	buffer_finish(&payload);
	return life;
}
