#ifndef CAIFS_PRINT_ERROR_H
#define CAIFS_PRINT_ERROR_H

/* "caifs: ..." and a newline, on stderr: one line of at most 8 KiB. A control
   character in it, such as one of a value that was set, becomes a '?'. */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
