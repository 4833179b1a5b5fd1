/* The output of `caifs export`: see export_output.h. */

#include "export_output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cjson/cJSON.h>

/* "2026-01-31T08:00:00Z"; "": not known. */
struct moment {
	char text[40];
};

static struct moment moment_of(int64_t ms)
{
	struct moment moment = {""};
	time_t seconds = ms / 1000;
	struct tm tm;

	if (ms > 0 && gmtime_r(&seconds, &tm))
		strftime(moment.text, sizeof(moment.text), "%FT%TZ", &tm);
	return moment;
}

/* --- Tables --- */

static void print_name(const char *name)
{
	for (; *name; name++)
		putchar((unsigned char)*name < ' ' || *name == 0x7f ? '?'
								    : *name);
	putchar('\n');
}

static void print_count(int64_t count, int width)
{
	if (count < 0)
		printf("%*s", width, "-");
	else
		printf("%*" PRId64, width, count);
}

static void print_audience_table(const struct export_audiences *audiences)
{
	printf("%-36s  %-20s  %10s  %-36s  %s\n", "AUDIENCE", "LAST EVALUATED",
	       "PROFILES", "MERGE POLICY", "NAME");
	for (size_t i = 0; i < audiences->count; i++) {
		const struct export_audience *a = &audiences->items[i];
		struct moment evaluated = moment_of(a->evaluated_ms);

		printf("%-36s  %-20s  ", a->id.text,
		       evaluated.text[0] ? evaluated.text : "-");
		print_count(a->profiles, 10);
		printf("  %-36s  ",
		       a->merge_policy.text[0] ? a->merge_policy.text : "-");
		print_name(a->name);
	}
}

static void print_job_table(const struct export_jobs *jobs)
{
	printf("%-10s  %-10s  %-20s  %10s  %s\n", "JOB", "STATUS", "CREATED",
	       "PROFILES", "DATASET");
	for (size_t i = 0; i < jobs->count; i++) {
		const struct export_job *job = &jobs->items[i];
		struct moment created = moment_of(job->created_ms);

		printf("%-10s  %-10s  %-20s  ", job->id.text, job->status,
		       created.text[0] ? created.text : "-");
		print_count(job->profiles, 10);
		printf("  %s\n",
		       job->dataset.text[0] ? job->dataset.text : "-");
	}
}

static void print_ids(const char *label, const struct export_id *ids,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-10s  %s\n", i ? "" : label, ids[i].text);
}

static void print_job_lines(const struct export_job *job)
{
	struct moment created = moment_of(job->created_ms);
	struct moment updated = moment_of(job->updated_ms);

	printf("%-10s  %s\n%-10s  %s\n", "job", job->id.text, "status",
	       job->status);
	if (job->error[0])
		printf("%-10s  %s\n", "error", job->error);
	if (created.text[0])
		printf("%-10s  %s\n", "created", created.text);
	if (updated.text[0])
		printf("%-10s  %s\n", "updated", updated.text);
	if (job->profiles >= 0)
		printf("%-10s  %" PRId64 "\n", "profiles", job->profiles);
	print_ids("audience", job->audiences, job->audience_count);
	if (job->dataset.text[0])
		printf("%-10s  %s\n", "dataset", job->dataset.text);
	print_ids("batch", job->batches, job->batch_count);
}

/* --- JSON --- */

/* Without memory for the text, prints null. */
static void print_json(cJSON *root)
{
	char *text = root ? cJSON_Print(root) : NULL;

	puts(text ? text : "null");
	cJSON_free(text);
	cJSON_Delete(root);
}

static void add_text(cJSON *object, const char *name, const char *text)
{
	if (*text)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_count(cJSON *object, const char *name, int64_t count)
{
	if (count >= 0)
		cJSON_AddNumberToObject(object, name, (double)count);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_ids(cJSON *object, const char *name,
		    const struct export_id *ids, size_t count)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(ids[i].text));
}

static cJSON *job_object(const struct export_job *job)
{
	static const char *const states[] = {
		[EXPORT_GOING] = "going",
		[EXPORT_SUCCEEDED] = "succeeded",
		[EXPORT_FAILED] = "failed",
	};
	cJSON *object = cJSON_CreateObject();

	add_text(object, "job", job->id.text);
	add_text(object, "state", states[job->state]);
	add_text(object, "status", job->status);
	add_text(object, "error", job->error);
	add_text(object, "created", moment_of(job->created_ms).text);
	add_text(object, "updated", moment_of(job->updated_ms).text);
	add_count(object, "profiles", job->profiles);
	add_ids(object, "audiences", job->audiences, job->audience_count);
	add_text(object, "dataset", job->dataset.text);
	add_ids(object, "batches", job->batches, job->batch_count);
	return object;
}

static void print_audience_json(const struct export_audiences *audiences)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < audiences->count; i++) {
		const struct export_audience *a = &audiences->items[i];
		cJSON *object = cJSON_CreateObject();

		add_text(object, "audience", a->id.text);
		add_text(object, "name", a->name);
		add_text(object, "merge_policy", a->merge_policy.text);
		add_text(object, "evaluated", moment_of(a->evaluated_ms).text);
		add_count(object, "profiles", a->profiles);
		cJSON_AddItemToArray(array, object);
	}
	print_json(array);
}

static void print_jobs_json(const struct export_jobs *jobs)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < jobs->count; i++)
		cJSON_AddItemToArray(array, job_object(&jobs->items[i]));
	print_json(array);
}

/* --- Either --- */

void export_print_audiences(const struct export_audiences *audiences, bool json)
{
	if (json)
		print_audience_json(audiences);
	else
		print_audience_table(audiences);
}

void export_print_jobs(const struct export_jobs *jobs, bool json)
{
	if (json)
		print_jobs_json(jobs);
	else
		print_job_table(jobs);
}

void export_print_job(const struct export_job *job, bool json)
{
	if (json)
		print_json(job_object(job));
	else
		print_job_lines(job);
}

void export_print_result(const struct export_job *job, char *const *paths,
			 size_t path_count)
{
	cJSON *object = job_object(job);
	cJSON *array = cJSON_AddArrayToObject(object, "paths");

	for (size_t i = 0; i < path_count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(paths[i]));
	print_json(object);
}
