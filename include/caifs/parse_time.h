#ifndef CAIFS_PARSE_TIME_H
#define CAIFS_PARSE_TIME_H

/*
 * Times as people and scripts write them. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

/* A moment, in ms since 1970: RFC 3339 ("2024-01-23T10:00:00Z", with a
   fraction or an offset if need be, as `date -Is` prints), a day ("2024-01-23":
   where it begins in UTC), or seconds since 1970 with or without a fraction, as
   `date +%s` does. -EINVAL. */
int parse_time_moment(const char *text, int64_t *ret_ms);

/* A length of time, in ms: a number and s, m, h or d, as for timeout(1); none
   is s. At most ten years. -EINVAL. */
int parse_time_duration(const char *text, int64_t *ret_ms);

enum { PARSE_TIME_TEXT = 32 };

/* RFC 3339 in UTC, with milliseconds where there are any. */
void print_time_moment(int64_t ms, char text[PARSE_TIME_TEXT]);

#endif
