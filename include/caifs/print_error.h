#ifndef CAIFS_PRINT_ERROR_H
#define CAIFS_PRINT_ERROR_H

/* Prints "caifs: ", the message and a newline on stderr, as one line of at most
   8 KiB. Control characters in the message become '?'. */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
