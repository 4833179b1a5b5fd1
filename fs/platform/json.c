/* JSON with ceilings: see json.h. */

#include "json.h"

#include "caifs/digits.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* An escape that would end the C string that cJSON makes of it. */
static bool is_escaped_nul(const char *text, size_t size)
{
	return size >= 6 && strncmp(text, "\\u0000", 6) == 0;
}

/* Every value but the first follows one of these characters, so counting
   them outside strings bounds what a parser will allocate. */
static bool within_ceilings(const char *text, size_t size)
{
	size_t values = 1, depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (in_string) {
			if (is_escaped_nul(text + i, size - i))
				return false;
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
			continue;
		}
		if (c == '"')
			in_string = true;
		else if (c == '[' || c == '{') {
			values++;
			if (++depth > JSON_MAX_DEPTH)
				return false;
		} else if (c == ']' || c == '}') {
			if (depth-- == 0)
				return false;
		} else if (c == ',')
			values++;
		if (values > JSON_MAX_VALUES)
			return false;
	}
	return true;
}

int json_parse(const char *text, size_t size, cJSON **ret_root)
{
	const char *end = NULL;
	cJSON *root;

	if (size == 0 || size > JSON_MAX_BYTES || memchr(text, '\0', size) ||
	    !within_ceilings(text, size))
		return -EBADMSG;
	root = cJSON_ParseWithLengthOpts(text, size, &end, false);
	if (!root)
		return -EBADMSG;
	while (end < text + size && isspace((unsigned char)*end))
		end++;
	if (end < text + size) {
		cJSON_Delete(root);
		return -EBADMSG;
	}
	*ret_root = root;
	return 0;
}

const char *json_text(const cJSON *object, const char *name,
		      const char *otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(item) ? item->valuestring : otherwise;
}

bool json_number(const cJSON *object, const char *name, int64_t *ret_number)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	const double exact = 9007199254740992.0; /* 2^53 */

	if (cJSON_IsString(item)) {
		const char *text = item->valuestring;
		int64_t number;

		if (!digits_read(&text, &number) || *text)
			return false;
		*ret_number = number;
		return true;
	}
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    !(item->valuedouble < exact) ||
	    item->valuedouble != (double)(int64_t)item->valuedouble)
		return false;
	*ret_number = (int64_t)item->valuedouble;
	return true;
}
