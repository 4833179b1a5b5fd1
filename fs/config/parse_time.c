/* Times and durations as text: see parse_time.h. */

#include "caifs/parse_time.h"

#include "caifs/digits.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_S = 10 * 366 * 24 * 3600 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Does `text` begin so? A '0' stands for any digit. strptime(3) alone would
   take blanks, and a year of two digits. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; text++, shape++)
		if (*shape == '0' ? !is_digit(*text) : *text != *shape)
			return false;
	return true;
}

/* After seconds: ".25" is 250 ms; what is finer is cut off. Moves past it.
   False: a point without a digit. */
static bool read_fraction(const char **at, int64_t *ret_ms)
{
	*ret_ms = 0;
	if (**at != '.')
		return true;
	if (!is_digit(*++*at))
		return false;
	for (int64_t unit = 100; is_digit(**at); unit /= 10)
		*ret_ms += (*(*at)++ - '0') * unit;
	return true;
}

static int parse_epoch(const char *text, int64_t *ret_ms)
{
	int64_t seconds, ms;

	/* Up to the year 5138. */
	if (!digits_read(&text, &seconds) || seconds >= 100000000000)
		return -EINVAL;
	if (!read_fraction(&text, &ms) || *text)
		return -EINVAL;
	*ret_ms = seconds * 1000 + ms;
	return 0;
}

/* The time of day and its offset; returns where they end, or NULL. */
static const char *parse_time(const char *at, struct tm *tm, int64_t *ret_ms)
{
	if (!strchr("Tt ", *at) || !has_shape(at + 1, "00:00:00"))
		return NULL;
	at = strptime(at + 1, "%H:%M:%S", tm);
	if (!at || !read_fraction(&at, ret_ms) || !strchr("Zz+-", *at))
		return NULL;
	return strptime(*at == 'z' ? "Z" : at, "%z", tm);
}

static int parse_rfc3339(const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	const char *at;
	int64_t seconds, ms = 0;
	int day;

	if (!has_shape(text, "0000-00-00"))
		return -EINVAL;
	at = strptime(text, "%Y-%m-%d", &tm);
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
	int rest = (int)(ms % 1000);
	time_t seconds = ms / 1000;
	struct tm tm = {0};
	size_t length;

	if (rest < 0) { /* before 1970: count up from the second before */
		rest += 1000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	length = strftime(text, PARSE_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	if (rest)
		snprintf(text + length, PARSE_TIME_TEXT - length, ".%03dZ",
			 rest);
	else
		snprintf(text + length, PARSE_TIME_TEXT - length, "Z");
}
