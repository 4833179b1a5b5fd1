#ifndef CAIFS_HASH_H
#define CAIFS_HASH_H

/* Include this, never <uthash.h>. It sets uthash not to exit when there is no
   memory: an element that could not be added has `hh.tbl == NULL`. It replaces
   uthash's hash function, which is slower and draws clang's fall-through
   warnings. */

#include <xxhash.h>

#define HASH_NONFATAL_OOM	       1
#define HASH_FUNCTION(key, size, hash) (hash) = (unsigned)XXH3_64bits(key, size)
#include <uthash.h>

#endif
