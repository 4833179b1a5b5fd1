/* Whole numbers from text: see digits.h. */

#include "caifs/digits.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool digits_read(const char **at, int64_t *ret_number)
{
	const char *text = *at;
	int64_t number = 0;

	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *text - '0', &number))
			return false;
	*at = text;
	*ret_number = number;
	return true;
}
