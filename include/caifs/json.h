#ifndef CAIFS_JSON_H
#define CAIFS_JSON_H

/*
 * cJSON with ceilings. cJSON is lenient and needs up to 42 times the memory of
 * its input. So bytes, depth and number of values are checked before parsing.
 * The text must be one value with nothing after it, and no object may have two
 * members of one name. Pure; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

enum {
	JSON_MAX_BYTES = 8 * 1024 * 1024,
	JSON_MAX_DEPTH = 32,
	JSON_MAX_VALUES = 200000,
};

/* -EBADMSG: not such JSON, or over a ceiling; -ENOMEM. The caller frees
   `*ret_root` with cJSON_Delete(). */
int json_parse(const char *text, size_t size, cJSON **ret_root);

/* The string of member `name`, borrowed from `object`; `otherwise` if there is
   no such member or it is not a string. `object` may be NULL. */
const char *json_text(const cJSON *object, const char *name,
		      const char *otherwise);

/* The whole number of member `name`: a string of digits (0 to 2^63-1), or a
   number below 2^53, up to which cJSON is exact. The platform uses both.
   False: absent or not such a number; `*ret_number` is unchanged. */
bool json_number(const cJSON *object, const char *name, int64_t *ret_number);

#endif
