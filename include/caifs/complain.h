#ifndef CAIFS_COMPLAIN_H
#define CAIFS_COMPLAIN_H

/* "caifs: ..." and a newline, on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
