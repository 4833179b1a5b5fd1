/*
 * Export jobs: see export.h. Contract 6.
 *
 * A POST whose answer was lost is not repeated. The job that it may have made
 * is searched among the newest, by its audiences and its dataset.
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

/* Pages to search for a lost job: it is among the newest. */
enum { LOST_PAGES = 3 };

/* --- Lists --- */

/* `visit` gets the jobs, newest first, and owns what they hold. Returns 0: go
   on, 1: enough, or a negative errno. */
struct visitor {
	int (*visit)(void *data, struct export_job *job);
	void *data;
};

static int visit_page(void *data, const cJSON *records, const cJSON *root,
		      struct buffer *next)
{
	const struct visitor *visitor = data;
	const cJSON *item;
	int step = 0;

	(void)root;
	(void)next;
	cJSON_ArrayForEach (item, records) {
		struct export_job job;

		step = export_job_read(item, &job);
		if (step == -EBADMSG) { /* skip it, but keep the others */
			step = 0;
			continue;
		}
		if (!step)
			step = visitor->visit(visitor->data, &job);
		if (step)
			break;
	}
	return step;
}

/* As ups_list_visit(). */
static int visit_jobs(struct export *export, struct visitor *visitor, int pages)
{
	const struct ups_list list = {
		.path = "/export/jobs",
		.noun = "export jobs",
		.member = "records",
		.pages = pages,
		.visit = visit_page,
		.data = visitor,
	};

	return ups_list_visit(export, &list, page_size);
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
	struct visitor visitor = {collect, &c};
	int err = visit_jobs(export, &visitor, UPS_PAGES_MAX);

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
		return sync_request_fail(export, -EINVAL,
					 "'%.40s' is not an id", id);
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
			     "cannot read the platform's answer about export "
			     "job %s",
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
		char message[160];

		export_word_read(root, "message", message, sizeof(message));
		err = sync_request_fail(export, -EIO,
					"the platform refused it: %s", message);
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

static int match(void *data, struct export_job *job)
{
	struct search *s = data;

	/* Newest first: the following jobs are older. */
	if (job->created_ms && job->created_ms < s->since_ms) {
		export_job_finish(job);
		return 1;
	}
	if (!export_job_matches(job, s->order, s->since_ms) || s->count++) {
		export_job_finish(job);
		return 0;
	}
	s->found = *job;
	return 0;
}

static int look(void *data, int *ret_count)
{
	struct search *s = data;
	struct visitor visitor = {match, s};
	int err;

	s->count = 0;
	err = visit_jobs(s->export, &visitor, LOST_PAGES);
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
		sync_request_fail(export, err, "the answer has no job id");
	}
	if (!export->uncertain)
		return err;
	err = sync_request_find_lost(export, "job", look, &search);
	if (!err)
		*ret = search.found;
	return err;
}
