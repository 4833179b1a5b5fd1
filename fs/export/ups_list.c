/* Lists of the profile service: see ups_list.h. */

#include "ups_list.h"

#include "caifs/href.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a list has got to. */
struct paging {
	struct buffer path;
	char *seen[UPS_PAGES_MAX]; /* paths, to tell a circle */
	int pages;
};

/* Links are absolute, or relative to the service. */
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

/* After a page: the path of the next. 1: there is none. */
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
			"the list of %s goes on in a way that is "
			"not understood",
			list->noun);
	for (int i = 0; i < p->pages; i++)
		if (strcmp(p->seen[i], buffer_text(&p->path)) == 0)
			return sync_request_fail(
				export, -EBADMSG,
				"the list of %s goes round in a "
				"circle",
				list->noun);
	return 0;
}

static int see_answer(struct export *export, const struct ups_list *list,
		      const cJSON *root, struct buffer *next)
{
	const cJSON *items =
		cJSON_GetObjectItemCaseSensitive(root, list->member);
	int step;

	if (!cJSON_IsArray(items))
		return sync_request_fail(export, -EBADMSG,
					 "the list of %s holds none",
					 list->noun);
	step = list->see(list->data, items, root, next);
	if (step >= 0)
		return step;
	return sync_request_fail(export, step, "the list of %s %s", list->noun,
				 step == -ENOMEM ? "takes too much memory"
						 : "is not understood");
}

static int see_page(struct export *export, const struct ups_list *list,
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
	step = see_answer(export, list, root, &next);
	if (!step)
		step = find_next(export, list, p, root, &next);
	buffer_finish(&next);
	cJSON_Delete(root);
	return step;
}

int ups_list_see(struct export *export, const struct ups_list *list,
		 const char *query)
{
	struct paging p = {0};
	int step;

	buffer_init(&p.path, 16 * 1024);
	step = buffer_printf(&p.path, UPS "%s?%s", list->path, query);
	if (step)
		sync_request_fail(export, step, "%s", strerror(-step));
	while (!step && p.pages < list->pages)
		step = see_page(export, list, &p);
	for (int i = 0; i < p.pages; i++)
		free(p.seen[i]);
	buffer_finish(&p.path);
	return step < 0 ? step : step == 0; /* 0: there would be more */
}
