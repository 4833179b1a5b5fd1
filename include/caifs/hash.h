#ifndef CAIFS_HASH_H
#define CAIFS_HASH_H

/* uthash, told not to end the process when memory is short (an element that
   could not be added has `hh.tbl == NULL`), and given a faster hash function
   than its own, in which clang also finds fault with unmarked fall-throughs.
   Include this, never <uthash.h>. */

#include <xxhash.h>

#define HASH_NONFATAL_OOM	       1
#define HASH_FUNCTION(key, size, hash) (hash) = (unsigned)XXH3_64bits(key, size)
#include <uthash.h>

#endif
