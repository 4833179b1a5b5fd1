/* Sizes and times: see format.h. */

#include "format.h"

#include <stddef.h>
#include <stdio.h>

void format_size(char text[FORMAT_TEXT], double bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	size_t unit = 0;

	/* As they are printed: 1023.9 KiB would be "1024", 9.99 "10.0". */
	for (; bytes >= 1023.5 && unit < 4; unit++)
		bytes /= 1024;
	snprintf(text, FORMAT_TEXT, "%.*f %s", bytes < 9.95 && unit ? 1 : 0,
		 bytes, units[unit]);
}

void format_duration(char text[FORMAT_TEXT], double seconds)
{
	enum { MAX = 359999 }; /* 99:59:59 */
	unsigned whole = seconds < MAX ? (unsigned)seconds : MAX;

	if (whole >= 3600)
		snprintf(text, FORMAT_TEXT, "%u:%02u:%02u", whole / 3600,
			 whole / 60 % 60, whole % 60);
	else
		snprintf(text, FORMAT_TEXT, "%u:%02u", whole / 60, whole % 60);
}
