/* When to retry: see retry.h. */

#include "retry.h"

#include "caifs/digits.h"

#include <ctype.h>
#include <string.h>
#include <sys/random.h>

#include <curl/curl.h>

enum { FIRST_CEILING_MS = 200, LAST_CEILING_MS = 5000 };

int64_t retry_delay_ms(int attempt, uint32_t random)
{
	int64_t ceiling = FIRST_CEILING_MS;

	while (--attempt > 0 && ceiling < LAST_CEILING_MS)
		ceiling *= 2;
	if (ceiling > LAST_CEILING_MS)
		ceiling = LAST_CEILING_MS;
	return 1 + (int64_t)(random % (uint64_t)ceiling);
}

uint32_t retry_random(void)
{
	uint32_t random = 0;

	/* 0 only costs jitter: clients that failed together retry together. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return random;
}

int64_t retry_after_ms(const char *header, int64_t wall_now_ms)
{
	size_t digits = strspn(header, "0123456789");
	int64_t seconds, wait_ms;
	time_t date;

	if (digits > 0 && !header[digits]) {
		if (!digits_read(&header, &seconds) ||
		    seconds > RETRY_AFTER_MAX_MS / 1000)
			return RETRY_AFTER_MAX_MS;
		return seconds * 1000;
	}
	/* An HTTP date begins with the name of the day. curl_getdate() also
	   accepts nearly any text that begins with a digit. */
	date = isalpha((unsigned char)*header) ? curl_getdate(header, NULL)
					       : -1;
	if (date < 0)
		return -1;
	/* Compare in seconds first: for a distant year, the milliseconds would
	   overflow. */
	if (date - wall_now_ms / 1000 > RETRY_AFTER_MAX_MS / 1000)
		return RETRY_AFTER_MAX_MS;
	wait_ms = (int64_t)date * 1000 - wall_now_ms;
	if (wait_ms < 0)
		return 0;
	return wait_ms < RETRY_AFTER_MAX_MS ? wait_ms : RETRY_AFTER_MAX_MS;
}
