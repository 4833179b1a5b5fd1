/* Lists of the profile service: see ups_list.h. */

#include "ups_list.h"

#include "caifs/href.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Position in a list. */
struct paging {
	struct buffer path;	   /* of the next page */
	char *seen[UPS_PAGES_MAX]; /* paths of the pages read */
	int pages;
};

/* Writes the path of a link, which is absolute or relative to UPS. */
static int follow(const struct ups_list *list, const char *link,
		  struct buffer *path)
{
	struct buffer whole;
	char prefix[64];
	int err;

	snprintf(prefix, sizeof(prefix), UPS "%s", list->path);
	buffer_init(&whole, 16 * 1024);
	if (strncmp(link, list->path, strlen(list->path)) == 0)
		err = buffer_printf(&whole, UPS "%s", link);
	else
		err = buffer_append_text(&whole, link);
	if (!err)
		err = href_local(buffer_text(&whole), prefix, path);
	buffer_finish(&whole);
	return err;
}

/* Writes the path of the next page: by the page's link, else `otherwise`.
   1: there is none. */
static int find_next(struct export *export, const struct ups_list *list,
		     struct paging *p, const cJSON *root,
		     const struct buffer *otherwise)
{
	const char *link = json_text(
		cJSON_GetObjectItemCaseSensitive(root, "link"), "next", "");
	int err;

	if (!*link && !otherwise->size)
		return 1;
	buffer_clear(&p->path);
	err = *link ? follow(list, link, &p->path)
		    : buffer_append_text(&p->path, buffer_text(otherwise));
	if (err)
		return sync_request_fail(
			export, -EBADMSG,
			"the list of %s has an unusable link to its next page",
			list->noun);
	for (int i = 0; i < p->pages; i++)
		if (strcmp(p->seen[i], buffer_text(&p->path)) == 0)
			return sync_request_fail(
				export, -EBADMSG,
				"the list of %s links back to a page "
				"already read",
				list->noun);
	return 0;
}

static int visit_answer(struct export *export, const struct ups_list *list,
			const cJSON *root, struct buffer *next)
{
	const cJSON *items =
		cJSON_GetObjectItemCaseSensitive(root, list->member);
	int step;

	if (!cJSON_IsArray(items))
		return sync_request_fail(export, -EBADMSG,
					 "a page of the list of %s has no '%s'",
					 list->noun, list->member);
	step = list->visit(list->data, items, root, next);
	if (step >= 0)
		return step;
	return sync_request_fail(export, step, "cannot read the list of %s: %s",
				 list->noun, strerror(-step));
}

static int visit_page(struct export *export, const struct ups_list *list,
		      struct paging *p)
{
	struct buffer next;
	cJSON *root;
	int step;

	p->seen[p->pages] = strdup(buffer_text(&p->path));
	if (!p->seen[p->pages])
		return sync_request_fail(export, -ENOMEM, "%s",
					 strerror(ENOMEM));
	p->pages++;
	step = sync_request_get(export, buffer_text(&p->path), &root);
	if (step)
		return step;
	buffer_init(&next, 16 * 1024);
	step = visit_answer(export, list, root, &next);
	if (!step)
		step = find_next(export, list, p, root, &next);
	buffer_finish(&next);
	cJSON_Delete(root);
	return step;
}

int ups_list_visit(struct export *export, const struct ups_list *list,
		   const char *query)
{
	struct paging p = {0};
	int step;

	buffer_init(&p.path, 16 * 1024);
	step = buffer_printf(&p.path, UPS "%s?%s", list->path, query);
	if (step)
		sync_request_fail(export, step, "%s", strerror(-step));
	while (!step && p.pages < list->pages)
		step = visit_page(export, list, &p);
	for (int i = 0; i < p.pages; i++)
		free(p.seen[i]);
	buffer_finish(&p.path);
	return step < 0 ? step : step == 0; /* `step` 0: there are more pages */
}
