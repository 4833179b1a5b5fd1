/* Locks on pages that are being fetched: see fetch_lock.h. */

#include "fetch_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BITS = 26, ROUNDS = 4 };

int fetch_lock_open(int directory)
{
	int file = openat(
		directory, "locks",
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

	return file < 0 ? FETCH_LOCK_NONE : file;
}

static struct flock lock_of(const struct part_key *key, short type,
			    int64_t first, int64_t end)
{
	char digits[9] = "";
	int64_t base;

	memcpy(digits, key->name, 8);
	base = (int64_t)strtoul(digits, NULL, 16) << PAGE_BITS;
	first &= (INT64_C(1) << PAGE_BITS) - 1;
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = base + first,
		.l_len = end - first,
	};
}

bool fetch_lock_take(int file, const struct part_key *key, int64_t first,
		     int64_t end, int64_t *ret_end)
{
	*ret_end = end;
	if (file == FETCH_LOCK_NONE || end > INT64_C(1) << PAGE_BITS)
		return true;
	for (int round = 0; round < ROUNDS; round++) {
		struct flock wanted = lock_of(key, F_WRLCK, first, *ret_end);
		struct flock other = wanted;

		if (fcntl(file, F_OFD_SETLK, &wanted) == 0 ||
		    (errno != EAGAIN && errno != EACCES))
			return true;
		if (fcntl(file, F_OFD_GETLK, &other))
			return true;
		if (other.l_type == F_UNLCK)
			continue; /* released since */
		if (other.l_start <= wanted.l_start)
			return false;
		*ret_end = first + (other.l_start - wanted.l_start);
	}
	return false;
}

void fetch_lock_release(int file, const struct part_key *key, int64_t first,
			int64_t end)
{
	struct flock lock = lock_of(key, F_UNLCK, first, end);

	if (file != FETCH_LOCK_NONE && end <= INT64_C(1) << PAGE_BITS)
		fcntl(file, F_OFD_SETLK, &lock);
}
