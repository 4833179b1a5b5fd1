/*
 * Audiences: see audience.h and export.h. Contract 6.
 *
 * A definition does not hold the time of its last evaluation; the segment jobs
 * do. These may be large: each repeats every definition that it evaluates.
 */

#include "audience.h"

#include "caifs/array.h"
#include "export_job.h"
#include "ups_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFINITIONS "/segment/definitions"
#define JOBS	    UPS "/segment/jobs"
#define NEWEST	    "sort=creationTime:desc"

enum {
	PAGE_SIZE = 100,
	/* Segment jobs to search for the last evaluations. */
	JOBS_PAGE_SIZE = 5,
	JOBS_PAGES_MAX = 10,
};

/* --- Reading --- */

int audience_read(const cJSON *item, struct export_audience *ret)
{
	struct export_audience audience = {.profiles = -1};

	if (!cJSON_IsObject(item) || !export_id_read(item, "id", &audience.id))
		return -EBADMSG;
	if (!export_id_read(item, "mergePolicyId", &audience.merge_policy))
		export_id_read(
			cJSON_GetObjectItemCaseSensitive(item, "mergePolicy"),
			"id", &audience.merge_policy);
	audience.name = strdup(json_text(item, "name", ""));
	if (!audience.name)
		return -ENOMEM;
	*ret = audience;
	return 0;
}

bool evaluation_is_of(const cJSON *job, const char *audience_id)
{
	const cJSON *item;

	cJSON_ArrayForEach (item,
			    cJSON_GetObjectItemCaseSensitive(job, "segments")) {
		const char *id = json_text(item, "segmentId", "");

		if (strcmp(id, audience_id) == 0 || strcmp(id, "*") == 0)
			return true;
	}
	return false;
}

int64_t evaluation_time(const cJSON *job)
{
	const cJSON *total = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(job, "metrics"), "totalTime");
	int64_t time = export_time_read(total, "endTimeInMs");

	if (!time)
		time = export_time_read(job, "updateTime");
	return time ? time : export_time_read(job, "creationTime");
}

int64_t evaluation_profiles(const cJSON *job, const char *audience_id)
{
	const cJSON *counters = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(job, "metrics"),
		"segmentedProfileCounter");
	int64_t count = -1;

	json_number(counters, audience_id, &count);
	return count;
}

static bool has_succeeded(const cJSON *job)
{
	return strcmp(json_text(job, "status", ""), "SUCCEEDED") == 0;
}

/* --- All of them --- */

struct collection {
	struct export_audience *items;
	size_t count, room;
	int64_t start;		/* offset of the next page */
	struct export_id first; /* first id of the last page */
};

static int add_page(struct collection *c, const cJSON *segments)
{
	const cJSON *item;
	int err = 0;

	cJSON_ArrayForEach (item, segments) {
		struct export_audience audience;

		err = audience_read(item, &audience);
		if (err == -EBADMSG) { /* skip it, but keep the others */
			err = 0;
			continue;
		}
		if (!err && !array_grow((void **)&c->items, &c->room, c->count,
					sizeof(*c->items))) {
			free(audience.name);
			err = -ENOMEM;
		}
		if (err)
			break;
		c->items[c->count++] = audience;
	}
	return err;
}

static int by_name(const void *a, const void *b)
{
	const struct export_audience *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order ? order : strcmp(one->id.text, other->id.text);
}

/* If the list changes between two pages, both may hold the same audience. */
static void sort_and_drop_duplicates(struct collection *c)
{
	size_t last = 0;

	if (c->count == 0)
		return;
	qsort(c->items, c->count, sizeof(*c->items), by_name);
	for (size_t i = 1; i < c->count; i++) {
		if (by_name(&c->items[last], &c->items[i]) == 0)
			free(c->items[i].name);
		else
			c->items[++last] = c->items[i];
	}
	c->count = last + 1;
}

/* Whether another page may follow: by the list's total, if it has one, for
   pages may be smaller than requested. */
static bool has_more(const cJSON *root, int64_t start, int count)
{
	int64_t total = -1;

	json_number(cJSON_GetObjectItemCaseSensitive(root, "page"),
		    "totalCount", &total);
	if (count == 0)
		return false;
	return total < 0 ? count >= PAGE_SIZE : start + count < total;
}

/* The guide uses offsets and shows no link; the specification says that `start`
   is a time. So a link comes first (ups_list.h), an offset second. */
static int visit_page(void *data, const cJSON *segments, const cJSON *root,
		      struct buffer *next)
{
	int count = cJSON_GetArraySize(segments), err;
	struct collection *c = data;
	struct export_id id;

	if (count && export_id_read(segments->child, "id", &id)) {
		if (strcmp(id.text, c->first.text) == 0)
			/* The server ignored the offset and sent page 1 again:
			   stop, or this loops for ever. */
			return -EBADMSG;
		c->first = id;
	}
	err = add_page(c, segments);
	if (!err && has_more(root, c->start, count))
		err = buffer_printf(next,
				    UPS DEFINITIONS "?limit=%d&start=%" PRId64,
				    PAGE_SIZE, c->start + count);
	c->start += count;
	return err;
}

static int read_audiences(struct export *export, struct collection *c)
{
	const struct ups_list list = {
		.path = DEFINITIONS,
		.noun = "audiences",
		.member = "segments",
		.pages = UPS_PAGES_MAX,
		.visit = visit_page,
		.data = c,
	};
	char query[32];
	int step;

	snprintf(query, sizeof(query), "limit=%d&start=0", PAGE_SIZE);
	step = ups_list_visit(export, &list, query);
	return step == 1 ? sync_request_fail(
				   export, -EBADMSG,
				   "the list of audiences has more than %d "
				   "pages",
				   UPS_PAGES_MAX)
			 : step;
}

/* --- When they were evaluated --- */

/* Returns how many audiences still have no known evaluation. */
static size_t note_evaluation(const cJSON *job, struct collection *c)
{
	size_t left = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct export_audience *a = &c->items[i];

		if (a->evaluated_ms)
			continue;
		if (has_succeeded(job) && evaluation_is_of(job, a->id.text)) {
			a->evaluated_ms = evaluation_time(job);
			a->profiles = evaluation_profiles(job, a->id.text);
		} else {
			left++;
		}
	}
	return left;
}

/* 1: go on with the next page; 0: done; or a negative errno. */
static int read_evaluations(struct export *export, struct collection *c,
			    int page)
{
	const cJSON *jobs, *job;
	size_t left = c->count;
	char path[192];
	cJSON *root;
	int count, err;

	snprintf(path, sizeof(path),
		 JOBS "?status=SUCCEEDED&" NEWEST "&limit=%d&start=%d",
		 JOBS_PAGE_SIZE, page * JOBS_PAGE_SIZE);
	err = sync_request_get(export, path, &root);
	if (err)
		return err;
	jobs = cJSON_GetObjectItemCaseSensitive(root, "children");
	count = cJSON_GetArraySize(jobs);
	cJSON_ArrayForEach (job, jobs)
		left = note_evaluation(job, c);
	cJSON_Delete(root);
	return left > 0 && count >= JOBS_PAGE_SIZE;
}

int export_list_audiences(struct export *export, struct export_audiences *ret)
{
	struct export_audiences list = {0};
	struct collection c = {0};
	int step = read_audiences(export, &c);

	if (!step) {
		sort_and_drop_duplicates(&c);
		step = c.count > 0;
		for (int page = 0; step == 1 && page < JOBS_PAGES_MAX; page++)
			step = read_evaluations(export, &c, page);
		/* The audiences are useful without their evaluations. */
		list.evaluations_unread = step < 0 && step != -EINTR;
		if (list.evaluations_unread)
			step = 0;
	}
	list.items = c.items;
	list.count = c.count;
	if (step < 0)
		export_audiences_finish(&list);
	else
		*ret = list;
	return step < 0 ? step : 0;
}

void export_audiences_finish(struct export_audiences *audiences)
{
	for (size_t i = 0; i < audiences->count; i++)
		free(audiences->items[i].name);
	free(audiences->items);
	*audiences = (struct export_audiences){0};
}

/* --- One of them --- */

static int check_definition(struct export *export, const char *id)
{
	struct export_audience audience;
	char path[256];
	cJSON *root;
	int err;

	if (!export_id_is_plain(id))
		return sync_request_fail(export, -EINVAL,
					 "'%.40s' is not an id", id);
	snprintf(path, sizeof(path), UPS DEFINITIONS "/%s", id);
	err = sync_request_get(export, path, &root);
	if (err == -ENOENT)
		return sync_request_fail(export, err, "there is no audience %s",
					 id);
	if (err)
		return err;
	err = audience_read(root, &audience);
	cJSON_Delete(root);
	if (err)
		return sync_request_fail(
			export, err,
			"cannot read the platform's answer about "
			"audience %s",
			id);
	free(audience.name);
	return 0;
}

/* The newest job of the list at `path` that evaluates the audience. */
static int find_evaluation(struct export *export, const char *path,
			   const char *id, struct export_evaluation *ret)
{
	const cJSON *job;
	cJSON *root;
	int err = sync_request_get(export, path, &root);

	if (err) /* an empty list may be a 404 */
		return err == -ENOENT ? 0 : err;
	cJSON_ArrayForEach (
		job, cJSON_GetObjectItemCaseSensitive(root, "children")) {
		if (!evaluation_is_of(job, id))
			continue;
		if (!ret->newest[0])
			export_word_read(job, "status", ret->newest,
					 sizeof(ret->newest));
		ret->succeeded |= has_succeeded(job);
	}
	cJSON_Delete(root);
	return 0;
}

int export_check_audience(struct export *export, const char *id,
			  struct export_evaluation *ret)
{
	/* The newest job that succeeded; the newest one of all audiences, which
	   a filter by one id does not find; else the newest of any status. */
	static const char *const questions[] = {
		"status=SUCCEEDED&limit=1&property=segments~segmentId%3D%3D",
		"status=SUCCEEDED&limit=1",
		"limit=1&property=segments~segmentId%3D%3D",
	};
	struct export_evaluation found = {0};
	char path[384];
	int err = check_definition(export, id);

	for (size_t i = 0; !err && !found.succeeded &&
			   i < sizeof(questions) / sizeof(questions[0]);
	     i++) {
		snprintf(path, sizeof(path), JOBS "?" NEWEST "&%s%s",
			 questions[i], strchr(questions[i], '~') ? id : "");
		err = find_evaluation(export, path, id, &found);
	}
	if (!err)
		*ret = found;
	return err;
}
