#ifndef CAIFS_EXPORT_UPS_LIST_H
#define CAIFS_EXPORT_UPS_LIST_H

/*
 * Lists of the profile service: page after page, each named by a link in the
 * one before, whose offset is opaque (contract 6). Only the path of a link is
 * used, and only within the list; one that leads back ends it with an error.
 *
 * The one thread of export.h.
 */

#include "sync_request.h"

#define UPS "/data/core/ups"

enum { UPS_PAGES_MAX = 200 };

struct ups_list {
	const char *path;   /* "/export/jobs", below UPS */
	const char *noun;   /* "export jobs", for people */
	const char *member; /* of a page: the array with what is listed */
	int pages;	    /* at most, up to UPS_PAGES_MAX */
	/* Sees the items of a page, of which `root` is the whole. 0: go on; 1:
	   enough; or an error. Where no link says so, it may write the path of
	   the next page. */
	int (*see)(void *data, const cJSON *items, const cJSON *root,
		   struct buffer *next);
	void *data;
};

/* 0: to its end, or as far as `see` wished; 1: there are more pages than may be
   read; or an error, with `why` set. */
int ups_list_see(struct export *export, const struct ups_list *list,
		 const char *query);

#endif
