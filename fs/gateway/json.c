/* JSON with ceilings: see json.h. */

#include "caifs/json.h"

#include "caifs/digits.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char nul_escape[] = "\\u0000";

/* Every value but the first follows one of "[{,". Counting these outside
   strings bounds what the parser allocates. `*ret_nul`: there is an escaped
   NUL, which would end a C string of cJSON. */
static bool within_ceilings(const char *text, size_t size, bool *ret_nul)
{
	size_t values = 1, depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '"')
				in_string = false;
			if (c != '\\')
				continue;
			*ret_nul |= size - i > 5 &&
				    memcmp(text + i, nul_escape, 6) == 0;
			i++;
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

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* -EBADMSG if an object has two members of one name. Parsers differ in which
   they take (cJSON the first, others the last), so the text is ambiguous.
   Sorts the names of each object. */
static int refuse_duplicates(const cJSON *value)
{
	size_t count = 0;
	const cJSON *member;
	const char **names;
	int err = 0;

	cJSON_ArrayForEach (member, value) {
		err = refuse_duplicates(member); /* JSON_MAX_DEPTH deep */
		if (err)
			return err;
		count++;
	}
	if (!cJSON_IsObject(value) || count < 2)
		return 0;
	names = reallocarray(NULL, count, sizeof(*names));
	if (!names)
		return -ENOMEM;
	count = 0;
	cJSON_ArrayForEach (member, value)
		names[count++] = member->string;
	qsort(names, count, sizeof(*names), by_text);
	for (size_t i = 1; i < count && !err; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			err = -EBADMSG;
	free(names);
	return err;
}

static int parse(const char *text, size_t size, cJSON **ret_root)
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(text, size, &end, false);
	int err;

	if (!root)
		return -EBADMSG;
	while (end < text + size && isspace((unsigned char)*end))
		end++;
	err = end < text + size ? -EBADMSG : refuse_duplicates(root);
	if (err) {
		cJSON_Delete(root);
		return err;
	}
	*ret_root = root;
	return 0;
}

/* Parses with U+FFFD in place of each escaped NUL: a name with NUL is invalid,
   but must not hide the other entries of the page. */
static int parse_without_nul(const char *text, size_t size, cJSON **ret_root)
{
	char *copy = malloc(size + 1), *at = copy;
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, size);
	copy[size] = '\0';
	while ((at = strchr(at, '\\'))) {
		if (strncmp(at, nul_escape, 6) == 0)
			memcpy(at, "\\ufffd", 6);
		at += at[1] ? 2 : 1;
	}
	err = parse(copy, size, ret_root);
	free(copy);
	return err;
}

int json_parse(const char *text, size_t size, cJSON **ret_root)
{
	bool nul = false;

	if (size == 0 || size > JSON_MAX_BYTES || memchr(text, '\0', size) ||
	    !within_ceilings(text, size, &nul))
		return -EBADMSG;
	return nul ? parse_without_nul(text, size, ret_root)
		   : parse(text, size, ret_root);
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
