#ifndef CAIFS_HASH_H
#define CAIFS_HASH_H

/* uthash, told not to end the process when memory is short: an element that
   could not be added has `hh.tbl == NULL`. Include this, never <uthash.h>. */

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#endif
