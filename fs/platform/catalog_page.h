#ifndef CAIFS_PLATFORM_CATALOG_PAGE_H
#define CAIFS_PLATFORM_CATALOG_PAGE_H

/*
 * Catalog pages its lists by offset, while rows come and go. Each page
 * therefore starts at the last row of the one before. If it holds no row of
 * that page, rows before it were deleted and some may be missing: the list
 * restarts, once. The receiver must drop rows that come twice.
 *
 * Used on the listing's thread (listing.h).
 */

#include <xxhash.h>

#include "listing.h"

enum { CATALOG_PAGE_SIZE = 100 };

/* Position in a list. Zero it before the first page. */
struct catalog_paging {
	int64_t start;
	XXH64_hash_t last_page[CATALOG_PAGE_SIZE];
	size_t last_count;
	bool restarted;
};

/* After a page of objects keyed by ID: LISTING_MORE with `start` of the next
   page, LISTING_DONE after the last one, or -EIO. `*ret_use` false: the listing
   was restarted; drop this page. */
int catalog_turn_page(struct listing *listing, struct catalog_paging *paging,
		      const cJSON *page, bool *ret_use);

#endif
