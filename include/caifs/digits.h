#ifndef CAIFS_DIGITS_H
#define CAIFS_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the decimal digits at `*at` and moves it past them. False, and nothing
 * moved, when there is none or they make more than 2^63-1: unlike strtoll(3) it
 * takes neither blanks nor a sign. Pure; any thread.
 */
bool digits_read(const char **at, int64_t *ret_number);

#endif
