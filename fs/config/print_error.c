/* Messages on stderr: see print_error.h. */

#include "caifs/print_error.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 8192 };

void print_error(const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "caifs: %s\n", line);
}
