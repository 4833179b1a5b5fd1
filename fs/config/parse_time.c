/* Times and durations as text: see parse_time.h. */

#include "caifs/parse_time.h"

#include "caifs/digits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_S = 10 * 366 * 24 * 3600 };

/* A fraction of a second: ".25" is 250 ms, cut off below 1 ms. Moves past it.
 */
static int64_t read_fraction(const char **at)
{
	int64_t ms = 0;

	if (**at != '.')
		return 0;
	(*at)++;
	for (int64_t unit = 100; **at >= '0' && **at <= '9'; unit /= 10)
		ms += (*(*at)++ - '0') * unit;
	return ms;
}

static int parse_epoch(const char *text, int64_t *ret_ms)
{
	int64_t seconds, ms;

	/* Up to the year 5138. */
	if (!digits_read(&text, &seconds) || seconds >= 100000000000)
		return -EINVAL;
	ms = read_fraction(&text);
	if (*text)
		return -EINVAL;
	*ret_ms = seconds * 1000 + ms;
	return 0;
}

/* The time of day and its offset; returns where they end, or NULL. */
static const char *parse_time(const char *at, struct tm *tm, int64_t *ret_ms)
{
	if (!strchr("Tt ", *at))
		return NULL;
	at = strptime(at + 1, "%H:%M:%S", tm);
	if (!at)
		return NULL;
	*ret_ms = read_fraction(&at);
	return strptime(*at == 'z' ? "Z" : at, "%z", tm);
}

static int parse_rfc3339(const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	const char *at = strptime(text, "%Y-%m-%d", &tm);
	int64_t seconds, ms = 0;
	int day;

	if (at && *at)
		at = parse_time(at, &tm, &ms);
	if (!at || *at)
		return -EINVAL;
	day = tm.tm_mday;
	seconds = tm.tm_gmtoff;
	seconds = timegm(&tm) - seconds;
	if (tm.tm_mday != day) /* 31 February */
		return -EINVAL;
	*ret_ms = seconds * 1000 + ms;
	return 0;
}

int parse_time_moment(const char *text, int64_t *ret_ms)
{
	return parse_epoch(text, ret_ms) ? parse_rfc3339(text, ret_ms) : 0;
}

int parse_time_duration(const char *text, int64_t *ret_ms)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = {1, 60, 3600, 24 * 3600};
	const char *unit = units;
	int64_t n;

	if (!digits_read(&text, &n))
		return -EINVAL;
	if (*text) {
		unit = strchr(units, *text);
		if (!unit || text[1])
			return -EINVAL;
	}
	if (n > LONGEST_S / seconds[unit - units])
		return -EINVAL;
	*ret_ms = n * seconds[unit - units] * 1000;
	return 0;
}

void print_time_moment(int64_t ms, char text[PARSE_TIME_TEXT])
{
	time_t seconds = ms / 1000;
	struct tm tm = {0};
	size_t length;

	gmtime_r(&seconds, &tm);
	length = strftime(text, PARSE_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	if (ms % 1000)
		snprintf(text + length, PARSE_TIME_TEXT - length, ".%03dZ",
			 (int)(ms % 1000));
	else
		snprintf(text + length, PARSE_TIME_TEXT - length, "Z");
}
