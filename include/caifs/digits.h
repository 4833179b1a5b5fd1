#ifndef CAIFS_DIGITS_H
#define CAIFS_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the decimal digits at `*at` and moves `*at` past them. False, with
 * `*at` unmoved: there is no digit, or the number is over 2^63-1. Unlike
 * strtoll(3) it accepts neither blanks nor a sign. Pure; any thread.
 */
bool digits_read(const char **at, int64_t *ret_number);

#endif
