/*
 * Waiting for an export job: polls it, at growing intervals, until it has
 * ended; then prints where a mount shows its batches. The paths, or one JSON
 * object, are on stdout; everything else is on stderr.
 */

#include "caifs/clock.h"
#include "export_output.h"
#include "export_progress.h"
#include "export_session.h"
#include "mounts/find_in_mounts.h"

#include "caifs/print_error.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Milliseconds. The sample job in the vendor's guide takes 20 minutes. */
enum {
	FIRST_PAUSE = 1000,
	LAST_PAUSE = 30 * 1000,
	TICK = 1000,
	LONGEST = 24 * 60 * 60 * 1000,
	/* A mount shows a new batch within its ttl: 60 s by default. */
	APPEARANCE = 60 * 1000,
};

/* Polls in a row that may fail, each after its own retries. */
enum { FAILURES = 5 };

static void print_job_goes_on(const struct export_job *job)
{
	print_error("export: job %s goes on: caifs export status %s --wait",
		    job->id.text, job->id.text);
}

/* --- Polling --- */

static bool is_passing(int err)
{
	return err == -EIO || err == -ETIMEDOUT || err == -EBADMSG;
}

/* Sleeps, and redraws the progress. False: interrupted. */
static bool pause_for(struct export_session *session,
		      struct export_progress *progress,
		      const struct export_job *job, int64_t ms)
{
	int64_t end_ms = clock_now_ms() + ms, left_ms;

	while ((left_ms = end_ms - clock_now_ms()) > 0) {
		export_progress_show(progress, job);
		if (!interrupt_sleep(&session->interrupt,
				     left_ms < TICK ? left_ms : TICK))
			return false;
	}
	return true;
}

static int follow(struct export_session *session,
		  struct export_progress *progress, struct export_job *job)
{
	int64_t begun_ms = clock_now_ms(), pause_ms = FIRST_PAUSE;
	struct export_job now;
	int failures = 0, err = 0;

	while (job->state == EXPORT_GOING) {
		if (clock_now_ms() - begun_ms >= LONGEST)
			return -ETIME;
		if (!pause_for(session, progress, job, pause_ms))
			return -EINTR;
		pause_ms += pause_ms / 2;
		if (pause_ms > LAST_PAUSE)
			pause_ms = LAST_PAUSE;
		err = export_look(session->export, job->id.text, &now);
		if (!err) {
			failures = 0;
			if (!now.dataset.text[0])
				now.dataset = job->dataset;
			export_job_finish(job);
			*job = now;
		} else if (!is_passing(err) || ++failures >= FAILURES) {
			return err;
		}
	}
	export_progress_show(progress, job);
	return 0;
}

/* --- The paths --- */

struct places {
	char **paths;
	size_t count;
};

/* The batch's path in a mount. Waits up to APPEARANCE for a mount that shows
   the dataset to show the batch; then returns the dataset's path. NULL: no
   mount shows the dataset. */
static char *find_place(struct export_session *session,
			const struct export_job *job, const char *batch)
{
	int64_t end_ms = clock_now_ms() + APPEARANCE;
	char *path = NULL, *folder;

	if (!job->dataset.text[0] ||
	    find_in_mounts(session->settings, job->dataset.text, NULL, &folder))
		return NULL;
	while (find_in_mounts(session->settings, job->dataset.text, batch,
			      &path) &&
	       clock_now_ms() < end_ms &&
	       interrupt_sleep(&session->interrupt, TICK))
		;
	if (!path) {
		print_error(
			"export: %s does not show batch %s yet: it will within "
			"the mount's ttl",
			folder, batch);
		return folder;
	}
	free(folder);
	return path;
}

static void find_places(struct export_session *session,
			const struct export_job *job, struct places *places)
{
	char *path;

	places->count = 0;
	places->paths =
		calloc(job->batch_count ? job->batch_count : 1, sizeof(char *));
	for (size_t i = 0; places->paths && i < job->batch_count; i++) {
		path = find_place(session, job, job->batches[i].text);
		if (!path)
			break; /* no mount shows this dataset */
		places->paths[places->count++] = path;
	}
}

static void print_places(const struct export_job *job,
			 const struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		puts(places->paths[i]);
	if (places->count)
		return;
	for (size_t i = 0; i < job->batch_count; i++)
		printf("%s/%s\n", job->dataset.text, job->batches[i].text);
	if (job->batch_count)
		print_error("export: no mount shows it: mount it with caifs -o "
			    "dataset=%s MOUNTPOINT",
			    job->dataset.text);
	else
		print_error("export: job %s has no batch: the audience may be "
			    "empty",
			    job->id.text);
}

static void finish_places(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->paths[i]);
	free(places->paths);
}

/* --- The result --- */

static int print_end(struct export_session *session,
		     const struct export_job *job)
{
	bool json = session->args->json;
	struct places places = {0};

	if (job->state == EXPORT_SUCCEEDED)
		find_places(session, job, &places);
	if (json)
		export_print_result(job, places.paths, places.count);
	if (job->state == EXPORT_FAILED)
		print_error("export: job %s ended as %s%s%s", job->id.text,
			    job->status, job->error[0] ? ": " : "", job->error);
	else if (!json)
		print_places(job, &places);
	finish_places(&places);
	return job->state == EXPORT_FAILED ? EXPORT_EXIT_FAILED
					   : EXPORT_EXIT_DONE;
}

int export_watch(struct export_session *session, struct export_job *job)
{
	struct export_progress progress;
	int err;

	export_progress_begin(&progress, session->args->json);
	err = follow(session, &progress, job);
	export_progress_end(&progress);
	if (!err)
		return print_end(session, job);
	if (session->args->json)
		export_print_job(job, true); /* its last known state */
	if (err == -EINTR) {
		print_job_goes_on(job);
		return EXPORT_EXIT_SIGNAL + session->interrupt.signal;
	}
	if (err == -ETIME)
		print_error("export: job %s has not ended within a day; its "
			    "status is %s",
			    job->id.text, job->status);
	else
		export_session_fail(session, err, "waiting for the job");
	print_job_goes_on(job);
	return EXPORT_EXIT_FAILED;
}
