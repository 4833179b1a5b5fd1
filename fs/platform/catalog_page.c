/* Pages of Catalog's lists: see catalog_page.h. */

#include "catalog_page.h"

#include <errno.h>
#include <string.h>

/* Records the ids of this page. False: it has no row of the page before.
   Adds to `*ret_new` the number of ids which that page did not have. */
static bool joins_last_page(struct catalog_paging *p, const cJSON *root,
			    size_t *ret_new)
{
	XXH64_hash_t seen[CATALOG_PAGE_SIZE];
	bool joined = p->last_count == 0, known;
	size_t count = 0;
	const cJSON *item;

	cJSON_ArrayForEach (item, root) {
		XXH64_hash_t id =
			XXH3_64bits(item->string, strlen(item->string));

		if (count == CATALOG_PAGE_SIZE)
			break;
		seen[count++] = id;
		known = false;
		for (size_t i = 0; i < p->last_count && !known; i++)
			known = p->last_page[i] == id;
		joined |= known;
		*ret_new += !known;
	}
	memcpy(p->last_page, seen, count * sizeof(seen[0]));
	p->last_count = count;
	return joined;
}

int catalog_turn_page(struct listing *l, struct catalog_paging *p,
		      const cJSON *page, bool *ret_use)
{
	int count = cJSON_GetArraySize(page);
	size_t fresh = 0;

	*ret_use = true;
	if (!joins_last_page(p, page, &fresh)) {
		if (p->restarted)
			return -EIO;
		*p = (struct catalog_paging){.restarted = true};
		*ret_use = false;
		listing_restart(l);
		return LISTING_MORE;
	}
	if (count < CATALOG_PAGE_SIZE)
		return LISTING_DONE;
	if (fresh == 0) /* the server ignores `start`: avoid an endless list */
		return -EIO;
	p->start += CATALOG_PAGE_SIZE - 1;
	return LISTING_MORE;
}
