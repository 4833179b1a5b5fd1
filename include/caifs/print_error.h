#ifndef CAIFS_PRINT_ERROR_H
#define CAIFS_PRINT_ERROR_H

/* Prints "caifs: ", the message and a newline on stderr. */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
