#ifndef CAIFS_PLATFORM_ACCESS_H
#define CAIFS_PLATFORM_ACCESS_H

#include "listing.h"

/* Lists the parts of a batch by Data Access: contract 4.1 to 4.3. */
extern const struct list_protocol access_parts; /* SOURCE_PARTS */

#endif
