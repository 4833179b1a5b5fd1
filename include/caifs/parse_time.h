#ifndef CAIFS_PARSE_TIME_H
#define CAIFS_PARSE_TIME_H

/*
 * Times and durations as text. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

/* A moment, in ms since 1970, from RFC 3339 ("2024-01-23T10:00:00Z", also with
   a fraction or an offset), a day ("2024-01-23": its start in UTC), or seconds
   since 1970, also with a fraction. 0 or -EINVAL. */
int parse_time_moment(const char *text, int64_t *ret_ms);

/* A duration, in ms: a number and s, m, h or d (none: s), up to ten years. 0 or
   -EINVAL. */
int parse_time_duration(const char *text, int64_t *ret_ms);

enum { PARSE_TIME_TEXT = 32 };

/* Prints RFC 3339 in UTC; milliseconds only if they are not 0. */
void print_time_moment(int64_t ms, char text[PARSE_TIME_TEXT]);

#endif
