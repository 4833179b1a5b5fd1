/* Messages on stderr: see print_error.h. */

#include "caifs/print_error.h"

#include <stdarg.h>
#include <stdio.h>

void print_error(const char *format, ...)
{
	va_list args;

	fputs("caifs: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
