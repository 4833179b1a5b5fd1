#ifndef CAIFS_JSON_H
#define CAIFS_JSON_H

/*
 * cJSON behind a fence. cJSON is lenient and grows to 42 times its input, so a
 * body is measured before it is parsed (bytes, depth, number of values) and
 * must be one value with nothing after it, in which no object has two members
 * of one name. Pure; any thread.
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

/* -EBADMSG: not JSON, or over a ceiling; -ENOMEM. Free with cJSON_Delete(). */
int json_parse(const char *text, size_t size, cJSON **ret_root);

/* A member that is a string, else `otherwise`; borrowed. */
const char *json_text(const cJSON *object, const char *name,
		      const char *otherwise);

/* A member that is a whole number, written as a number or as a string of
   digits (the platform does both), within 0 .. 2^63-1 as a string and up to
   2^53 as a number, where cJSON is still exact. False: absent or no such
   number, `*ret_number` untouched. */
bool json_number(const cJSON *object, const char *name, int64_t *ret_number);

#endif
