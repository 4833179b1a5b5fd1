#ifndef CAIFS_PLATFORM_ACCESS_H
#define CAIFS_PLATFORM_ACCESS_H

#include "listing.h"

/* The parts of a batch by Data Access, as a plan: contract 4.1 to 4.3. */
extern const struct list_protocol access_parts; /* SOURCE_PARTS */

#endif
