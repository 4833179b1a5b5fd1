#ifndef CAIFS_EXPORT_UPS_LIST_H
#define CAIFS_EXPORT_UPS_LIST_H

/*
 * Lists of the profile service. A link in each page leads to the next; its
 * offset is opaque (contract 6). Only the path and query of a link are used,
 * and only within the list. A link to a page already read is an error.
 *
 * Thread and errors: as in export.h.
 */

#include "sync_request.h"

#define UPS "/data/core/ups"

enum { UPS_PAGES_MAX = 200 };

struct ups_list {
	const char *path;   /* below UPS: "/export/jobs" */
	const char *noun;   /* for people: "export jobs" */
	const char *member; /* name of the array in a page */
	int pages;	    /* pages to read at most; <= UPS_PAGES_MAX */
	/* Called for each page: `items` is the array, `root` the whole page,
	   both borrowed for the call. Returns 0: go on, 1: enough, or a
	   negative errno. May append the path of the next page to `next`, which
	   is used if the page has no link. */
	int (*visit)(void *data, const cJSON *items, const cJSON *root,
		     struct buffer *next);
	void *data;
};

/* Reads the list from the page of `query` on. 0: to its end, or until `visit`
   returned 1; 1: more pages than `pages`; or a negative errno. */
int ups_list_visit(struct export *export, const struct ups_list *list,
		   const char *query);

#endif
