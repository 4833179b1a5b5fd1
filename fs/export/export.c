/*
 * Export jobs: see export.h. Contract 6.
 *
 * A POST whose answer was lost is not repeated: the job that it may have made
 * is looked for, among the newest, by what it exports and where to.
 */

#include "caifs/export.h"

#include "caifs/array.h"
#include "export_job.h"
#include "ups_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS UPS "/export/jobs"

static const char page_size[] = "limit=100";

/* What was lost is among the newest. */
enum { LOST_PAGES = 3 };

/* --- Lists --- */

/* Sees jobs one by one, newest first, and takes them. 0: go on; 1: enough; or
   an error. */
struct seer {
	int (*see)(void *data, struct export_job *job);
	void *data;
};

static int see_page(void *data, const cJSON *records, const cJSON *root,
		    struct buffer *next)
{
	const struct seer *seer = data;
	const cJSON *item;
	int step = 0;

	(void)root;
	(void)next;
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

/* As ups_list_see(). */
static int see_jobs(struct export *export, struct seer *seer, int pages)
{
	const struct ups_list list = {
		.path = "/export/jobs",
		.noun = "export jobs",
		.member = "records",
		.pages = pages,
		.see = see_page,
		.data = seer,
	};

	return ups_list_see(export, &list, page_size);
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
	struct seer seer = {collect, &c};
	int err = see_jobs(export, &seer, UPS_PAGES_MAX);

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
		return sync_request_fail(export, -EINVAL, "'%.40s' is no id",
					 id);
	snprintf(path, size, JOBS "/%s", id);
	return 0;
}

static int no_such_job(struct export *export, int err, const char *id)
{
	return err == -ENOENT
		       ? sync_request_fail(export, err,
					   "there is no export job %s", id)
		       : err;
}

int export_look(struct export *export, const char *id, struct export_job *ret)
{
	char path[256];
	cJSON *root;
	int err = job_path(export, id, path, sizeof(path));

	if (!err)
		err = sync_request_get(export, path, &root);
	if (err)
		return no_such_job(export, err, id);
	err = export_job_read(root, ret);
	cJSON_Delete(root);
	return err ? sync_request_fail(
			     export, err,
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
		err = sync_request_delete(export, path, &root);
	if (err)
		return no_such_job(export, err, id);
	if (cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(root, "status"))) {
		char words[160];

		export_word_read(root, "message", words, sizeof(words));
		err = sync_request_fail(export, -EIO,
					"the platform does not: %s", words);
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
	struct seer seer = {compare, s};
	int err;

	s->count = 0;
	err = see_jobs(s->export, &seer, LOST_PAGES);
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
				.since_ms = sync_request_now_ms(export)};
	cJSON *body = export_job_body(order), *root;
	int err;

	if (!body)
		return sync_request_fail(export, -ENOMEM, "%s",
					 strerror(ENOMEM));
	err = sync_request_post(export, JOBS, body, &root);
	cJSON_Delete(body);
	if (!err) {
		err = export_job_read(root, ret);
		cJSON_Delete(root);
		if (!err)
			return 0;
		export->uncertain = true;
		sync_request_fail(export, err, "the answer names no job");
	}
	if (!export->uncertain)
		return err;
	err = sync_request_find_lost(export, "job", look, &search);
	if (!err)
		*ret = search.found;
	return err;
}
