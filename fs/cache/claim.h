#ifndef CAIFS_CACHE_CLAIM_H
#define CAIFS_CACHE_CLAIM_H

/*
 * What this process is fetching, for other processes to see: locks on ranges
 * of one empty file, which the kernel lets go of when a process ends. A place
 * in it stands for a page of a part, by hash; that two parts may share a place
 * costs a wait at worst.
 *
 * Any thread; nothing waits. Where locks do not work, every claim is granted.
 */

#include <stdint.h>

#include "object.h"

enum { CLAIM_NONE = -1 }; /* as the file: no claims at all */

int claim_open(int directory);

/* Claims pages [first, end), or those of them before `*ret_end` which another
   process has not claimed. False: it has the first of them. */
bool claim_take(int file, const struct object_key *key, int64_t first,
		int64_t end, int64_t *ret_end);
void claim_drop(int file, const struct object_key *key, int64_t first,
		int64_t end);

#endif
