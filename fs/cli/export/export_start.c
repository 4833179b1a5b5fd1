/*
 * caifs export start: checks everything that would make the export fail or
 * export nothing, before it makes or starts anything.
 */

#include "export_output.h"
#include "export_session.h"

#include "caifs/print_error.h"
#include <errno.h>

static int check_audiences(struct export_session *session)
{
	const struct export_args *w = session->args;

	for (size_t i = 0; i < w->audience_count; i++) {
		struct export_evaluation evaluation;
		int err = export_check_audience(session->export,
						w->audiences[i], &evaluation);

		if (err)
			return export_session_fail(session, err, "audience");
		if (evaluation.succeeded)
			continue;
		print_error(
			"export: audience %s has not been evaluated: no "
			"segment job of it has succeeded%s%s%s; wait for the "
			"next scheduled evaluation, or start one (POST "
			"/data/core/ups/segment/jobs)",
			w->audiences[i],
			evaluation.newest[0] ? ", the newest is " : "",
			evaluation.newest, evaluation.newest[0] ? "" : " yet");
		return EXPORT_EXIT_NOT_EVALUATED;
	}
	return EXPORT_EXIT_DONE;
}

/* The dataset to export to: the given one, or a new one. An exit status. */
static int find_dataset(struct export_session *session, struct export_id *ret)
{
	const struct export_args *w = session->args;
	int err;

	if (w->dataset) {
		err = export_check_dataset(session->export, w->dataset);
		if (err)
			return export_session_fail(session, err, "dataset");
		snprintf(ret->text, sizeof(ret->text), "%s", w->dataset);
		return EXPORT_EXIT_DONE;
	}
	err = export_find_dataset(session->export, w->new_dataset, ret);
	if (!err) {
		print_error("export: a dataset of that name exists: to export "
			    "to it, give --dataset %s",
			    ret->text);
		return EXPORT_EXIT_FAILED;
	}
	if (err == -ENOENT)
		err = export_make_dataset(session->export, w->new_dataset, ret);
	if (err)
		return export_session_fail(session, err, "new dataset");
	if (!session->args->json)
		print_error("export: made dataset %s", ret->text);
	return EXPORT_EXIT_DONE;
}

static int start(struct export_session *session,
		 const struct export_id *dataset, struct export_job *ret)
{
	const struct export_args *w = session->args;
	const struct export_order order = {
		.audiences = w->audiences,
		.audience_count = w->audience_count,
		.dataset = dataset->text,
		.fields = w->fields,
		.merge_policy = w->policy,
		.merge_policy_version = w->policy_version,
		.since = w->since[0] ? w->since : NULL,
	};
	int err, status;

	/* After this a signal no longer stops the start. */
	err = interrupt_came(&session->interrupt)
		      ? -EINTR
		      : export_start(session->export, &order, ret);
	if (!err && !ret->dataset.text[0])
		ret->dataset = *dataset;
	if (!err)
		return EXPORT_EXIT_DONE;
	status = export_session_fail(session, err, "job");
	if (err == -EINPROGRESS)
		print_error(
			"export: check with caifs export list before you start "
			"it again");
	if (w->new_dataset)
		print_error(
			"export: the dataset was made: next time give --dataset "
			"%s",
			dataset->text);
	return status;
}

int export_run_start(struct export_session *session)
{
	bool json = session->args->json;
	struct export_id dataset;
	struct export_job job;
	int status = check_audiences(session);

	if (!status)
		status = find_dataset(session, &dataset);
	if (!status)
		status = start(session, &dataset, &job);
	if (status)
		return status;
	if (!json)
		print_error("export: started job %s, to dataset %s",
			    job.id.text, dataset.text);
	if (session->args->wait)
		status = export_watch(session, &job);
	else if (json)
		export_print_job(&job, true);
	else
		puts(job.id.text);
	export_job_finish(&job);
	return status;
}
