#ifndef CAIFS_CACHE_FETCH_LOCK_H
#define CAIFS_CACHE_FETCH_LOCK_H

/*
 * What this process is fetching, for other processes to see: locks on ranges
 * of one empty file, which the kernel lets go of when a process ends. A place
 * in it stands for a page of a part, by hash; that two parts may share a place
 * costs a wait at worst.
 *
 * Any thread; nothing waits. Where locks do not work, every claim is granted.
 */

#include <stdint.h>

#include "part_file.h"

enum { FETCH_LOCK_NONE = -1 }; /* as the file: no claims at all */

int fetch_lock_open(int directory);

/* Claims pages [first, end), or those of them before `*ret_end` which another
   process has not claimed. False: it has the first of them. */
bool fetch_lock_take(int file, const struct part_key *key, int64_t first,
		     int64_t end, int64_t *ret_end);
void fetch_lock_release(int file, const struct part_key *key, int64_t first,
			int64_t end);

#endif
