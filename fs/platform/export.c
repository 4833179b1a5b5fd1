/*
 * Export jobs: see export.h. Contract 6.
 *
 * A POST whose answer was lost is not repeated: the job that it may have made
 * is looked for, among the newest, by what it exports and where to.
 */

#include "caifs/export.h"

#include "caifs/array.h"
#include "export_job.h"
#include "href.h"
#include "inquiry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS "/data/core/ups/export/jobs"

enum {
	PAGE_SIZE = 100,
	PAGES_MAX = 200,
	/* What was lost is among the newest. */
	LOST_PAGES = 3,
};

/* --- Lists --- */

/* Sees a page's jobs; non-zero ends the list: 1 in good order, or an error. */
struct seer {
	int (*see)(void *data, struct export_job *job); /* takes the job */
	void *data;
	int pages; /* at most */
};

/* Where the list has got to. */
struct paging {
	struct buffer path, offset;
	char *seen[PAGES_MAX]; /* offsets, to tell a circle */
	int pages;
};

static int see_page(const cJSON *records, const struct seer *seer)
{
	const cJSON *item;
	int step = 0;

	cJSON_ArrayForEach (item, records) {
		struct export_job job;

		step = export_job_read(item, &job);
		if (step == -EBADMSG) { /* one that is none hides no other */
			step = 0;
			continue;
		}
		if (!step)
			step = seer->see(seer->data, &job);
		if (step)
			break;
	}
	return step;
}

/* The offset of the next page, which is opaque, out of a link to it. 1: there
   is none. */
static int find_next(struct export *export, struct paging *p, const cJSON *root)
{
	const char *next = json_text(
		cJSON_GetObjectItemCaseSensitive(root, "link"), "next", "");

	if (!*next)
		return 1;
	buffer_clear(&p->offset);
	if (href_parameter(next, "offset", &p->offset) || !p->offset.size)
		return inquiry_fail(export, -EBADMSG,
				    "the list of export jobs goes on in a way "
				    "that is not understood");
	for (int i = 0; i < p->pages; i++)
		if (strcmp(p->seen[i], buffer_text(&p->offset)) == 0)
			return inquiry_fail(export, -EBADMSG,
					    "the list of export jobs goes "
					    "round in a circle");
	return 0;
}

static int next_path(struct paging *p)
{
	p->seen[p->pages] = strdup(buffer_text(&p->offset));
	if (!p->seen[p->pages])
		return -ENOMEM;
	p->pages++;
	buffer_clear(&p->path);
	if (buffer_printf(&p->path, JOBS "?limit=%d", PAGE_SIZE))
		return -ENOMEM;
	if (p->offset.size &&
	    (buffer_append_text(&p->path, "&offset=") ||
	     buffer_append_encoded(&p->path, buffer_text(&p->offset))))
		return -ENOMEM;
	return 0;
}

static int see_next_page(struct export *export, struct paging *p,
			 const struct seer *seer)
{
	const cJSON *records;
	cJSON *root;
	int step = next_path(p);

	if (step)
		return inquiry_fail(export, step, "%s", strerror(-step));
	step = inquiry_get(export, buffer_text(&p->path), &root);
	if (step)
		return step;
	records = cJSON_GetObjectItemCaseSensitive(root, "records");
	if (!cJSON_IsArray(records))
		step = inquiry_fail(export, -EBADMSG,
				    "the list of export jobs holds none");
	else
		step = see_page(records, seer);
	if (step == -EMSGSIZE || step == -ENOMEM)
		inquiry_fail(export, step, "%s", strerror(-step));
	if (!step)
		step = find_next(export, p, root);
	cJSON_Delete(root);
	return step;
}

/* Newest first, as the platform has them. 1: there are more pages than may be
   read. */
static int see_jobs(struct export *export, const struct seer *seer)
{
	struct paging p = {0};
	int step = 0;

	buffer_init(&p.path, 64 * 1024);
	buffer_init(&p.offset, 4096);
	while (!step && p.pages < seer->pages)
		step = see_next_page(export, &p, seer);
	for (int i = 0; i < p.pages; i++)
		free(p.seen[i]);
	buffer_finish(&p.path);
	buffer_finish(&p.offset);
	return step < 0 ? step : step == 0; /* 0: there would be more pages */
}

struct collection {
	struct export_jobs jobs;
	size_t room;
};

static int collect(void *data, struct export_job *job)
{
	struct collection *c = data;

	if (!array_grow((void **)&c->jobs.items, &c->room, c->jobs.count,
			sizeof(*c->jobs.items))) {
		export_job_finish(job);
		return -ENOMEM;
	}
	c->jobs.items[c->jobs.count++] = *job;
	return 0;
}

int export_list(struct export *export, struct export_jobs *ret)
{
	struct collection c = {0};
	const struct seer seer = {collect, &c, PAGES_MAX};
	int err = see_jobs(export, &seer);

	if (err < 0) {
		export_jobs_finish(&c.jobs);
		return err;
	}
	c.jobs.cut = err;
	*ret = c.jobs;
	return 0;
}

/* --- One job --- */

static int job_path(struct export *export, const char *id, char *path,
		    size_t size)
{
	if (!export_id_is_plain(id))
		return inquiry_fail(export, -EINVAL, "'%.40s' is no id", id);
	snprintf(path, size, JOBS "/%s", id);
	return 0;
}

static int no_such_job(struct export *export, int err, const char *id)
{
	return err == -ENOENT ? inquiry_fail(export, err,
					     "there is no export job %s", id)
			      : err;
}

int export_look(struct export *export, const char *id, struct export_job *ret)
{
	char path[256];
	cJSON *root;
	int err = job_path(export, id, path, sizeof(path));

	if (!err)
		err = inquiry_get(export, path, &root);
	if (err)
		return no_such_job(export, err, id);
	err = export_job_read(root, ret);
	cJSON_Delete(root);
	return err ? inquiry_fail(export, err,
				  "what the platform says of export job %s is "
				  "not understood",
				  id)
		   : 0;
}

int export_cancel(struct export *export, const char *id)
{
	char path[256];
	cJSON *root;
	int err = job_path(export, id, path, sizeof(path));

	if (!err)
		err = inquiry_delete(export, path, &root);
	if (err)
		return no_such_job(export, err, id);
	if (cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(root, "status"))) {
		char words[160];

		export_word_read(root, "message", words, sizeof(words));
		err = inquiry_fail(export, -EIO, "the platform does not: %s",
				   words);
	}
	cJSON_Delete(root);
	return err;
}

/* --- Starting --- */

struct search {
	struct export *export;
	const struct export_order *order;
	int64_t since_ms;
	struct export_job found;
	int count;
};

static int compare(void *data, struct export_job *job)
{
	struct search *s = data;

	/* Newest first: those after it are older still. */
	if (job->created_ms && job->created_ms < s->since_ms) {
		export_job_finish(job);
		return 1;
	}
	if (!export_job_answers(job, s->order, s->since_ms) || s->count++) {
		export_job_finish(job);
		return 0;
	}
	s->found = *job;
	return 0;
}

static int look(void *data, int *ret_count)
{
	struct search *s = data;
	const struct seer seer = {compare, s, LOST_PAGES};
	int err;

	s->count = 0;
	err = see_jobs(s->export, &seer);
	if (err > 0)
		err = 0;
	if (err || s->count != 1)
		export_job_finish(&s->found);
	*ret_count = s->count;
	return err;
}

int export_start(struct export *export, const struct export_order *order,
		 struct export_job *ret)
{
	struct search search = {.export = export,
				.order = order,
				.since_ms = inquiry_now_ms(export)};
	cJSON *body = export_job_body(order), *root;
	int err;

	if (!body)
		return inquiry_fail(export, -ENOMEM, "%s", strerror(ENOMEM));
	err = inquiry_post(export, JOBS, body, &root);
	cJSON_Delete(body);
	if (!err) {
		err = export_job_read(root, ret);
		cJSON_Delete(root);
		if (!err)
			return 0;
		export->uncertain = true;
		inquiry_fail(export, err, "the answer names no job");
	}
	if (!export->uncertain)
		return err;
	err = inquiry_find_lost(export, "job", look, &search);
	if (!err)
		*ret = search.found;
	return err;
}
