#ifndef CAIFS_CACHE_FETCH_LOCK_H
#define CAIFS_CACHE_FETCH_LOCK_H

/*
 * Locks on pages of parts, so that two processes do not fetch the same ones.
 * They are byte-range locks (F_OFD_SETLK) on one empty file; the kernel
 * releases them when a process ends. A page's byte is found by the hash of its
 * part: two parts may share bytes, which costs an unnecessary wait at most.
 *
 * Any thread; nothing waits. Where locks do not work, every lock is granted.
 */

#include <stdint.h>

#include "part_file.h"

enum { FETCH_LOCK_NONE = -1 }; /* as `file`: every lock is granted */

/* The file, the caller's to close; FETCH_LOCK_NONE: it cannot be opened. */
int fetch_lock_open(int directory);

/* Locks pages [first, *ret_end), where *ret_end <= end: as many as no other
   process has locked. False: another process has the first page. */
bool fetch_lock_take(int file, const struct part_key *key, int64_t first,
		     int64_t end, int64_t *ret_end);
void fetch_lock_release(int file, const struct part_key *key, int64_t first,
			int64_t end);

#endif
