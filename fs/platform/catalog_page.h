#ifndef CAIFS_PLATFORM_CATALOG_PAGE_H
#define CAIFS_PLATFORM_CATALOG_PAGE_H

/*
 * Catalog's lists are paged by offset over a set that moves. Each page begins
 * one row before the last one ended and must hold a row already seen; where it
 * does not, rows were taken out in front of it and one may have been missed, so
 * the list starts over, once. Rows that come twice are the receiver's to drop.
 *
 * Belongs to its listing.
 */

#include <xxhash.h>

#include "listing.h"

enum { CATALOG_PAGE_SIZE = 100 };

/* Where a list has got to; zeroed to begin with. */
struct catalog_paging {
	int64_t start;
	XXH64_hash_t last_page[CATALOG_PAGE_SIZE];
	size_t last_count;
	bool restarted;
};

/* After a page of objects keyed by ID: LISTING_MORE with `start` moved on,
   LISTING_DONE after the last page, -EIO. `*ret_use`: whether this page is of
   use; where it is not, the listing has been told to restart. */
int catalog_turn_page(struct listing *listing, struct catalog_paging *paging,
		      const cJSON *page, bool *ret_use);

#endif
