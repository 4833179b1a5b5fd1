/* JSON with ceilings: see json.h. */

#include "caifs/json.h"

#include "caifs/digits.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char nul_escape[] = "\\u0000";

/* Every value but the first follows one of these characters, so counting
   them outside strings bounds what a parser will allocate. Also tells of an
   escaped NUL, at which the C strings that cJSON makes would end. */
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

/* Readers differ in which of two members of one name they take: cJSON the
   first, others the last. A listing that says two things of one part or batch
   is no better than one cut short, so nothing of it is believed, rather than
   what happens to stand first. Costs a sort of an object's names. */
static int refuse_doubles(const cJSON *value)
{
	size_t count = 0;
	const cJSON *member;
	const char **names;
	int err = 0;

	cJSON_ArrayForEach (member, value) {
		err = refuse_doubles(member); /* JSON_MAX_DEPTH at most */
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
	err = end < text + size ? -EBADMSG : refuse_doubles(root);
	if (err) {
		cJSON_Delete(root);
		return err;
	}
	*ret_root = root;
	return 0;
}

/* With U+FFFD in the place of each NUL: one that names a thing so is a fool,
   but its other things must still be seen. */
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
