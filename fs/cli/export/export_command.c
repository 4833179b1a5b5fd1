/*
 * caifs export: the vendor's second way to the scores. Audiences are exported
 * to a dataset, which a mount can show.
 *
 * The one command that changes something on the platform, and of its words only
 * start and cancel: for the others, too, the platform is one that cannot be
 * written to.
 */

#include "command/command.h"
#include "command/usage.h"
#include "export_output.h"
#include "export_session.h"
#include "runtime/stack.h"

#include "caifs/complain.h"
#include <errno.h>
#include <string.h>

int export_session_fail(const struct export_session *session, int err,
			const char *what)
{
	if (err == -EINTR) {
		complain("export: stopped");
		return EXPORT_EXIT_SIGNAL + session->interrupt.signal;
	}
	complain("export: %s: %s", what, export_why(session->export));
	switch (err) {
	case -EINVAL:
		return EXPORT_EXIT_USAGE;
	case -EINPROGRESS:
		return EXPORT_EXIT_UNKNOWN;
	default:
		return EXPORT_EXIT_FAILED;
	}
}

static int run_audiences(struct export_session *s)
{
	struct export_audiences audiences;
	int err = export_list_audiences(s->export, &audiences);

	if (err)
		return export_session_fail(s, err, "audiences");
	export_print_audiences(&audiences, s->settings->json);
	if (audiences.evaluations_unread)
		complain("export: when they were evaluated is not known: %s",
			 export_why(s->export));
	export_audiences_finish(&audiences);
	return EXPORT_EXIT_DONE;
}

static int run_list(struct export_session *s)
{
	struct export_jobs jobs;
	int err = export_list(s->export, &jobs);

	if (err)
		return export_session_fail(s, err, "list");
	export_print_jobs(&jobs, s->settings->json);
	if (jobs.cut)
		complain("export: there are older jobs, which are not shown");
	export_jobs_finish(&jobs);
	return EXPORT_EXIT_DONE;
}

static int run_status(struct export_session *s)
{
	struct export_job job;
	int err = export_look(s->export, s->words->job, &job), status;

	if (err)
		return export_session_fail(s, err, "status");
	if (s->words->wait) {
		status = export_watch(s, &job);
	} else {
		export_print_job(&job, s->settings->json);
		status = job.state == EXPORT_FAILED ? EXPORT_EXIT_FAILED
						    : EXPORT_EXIT_DONE;
	}
	export_job_finish(&job);
	return status;
}

static int run_cancel(struct export_session *s)
{
	struct export_job job;
	int err = export_cancel(s->export, s->words->job), status;

	if (err)
		return export_session_fail(s, err, "cancel");
	/* What has become of it by now, if that is told. */
	err = export_look(s->export, s->words->job, &job);
	if (err && err != -ENOENT)
		return export_session_fail(
			s, err, "its end was asked for, but its status");
	if (err) {
		complain("export: job %s is gone", s->words->job);
		return EXPORT_EXIT_DONE;
	}
	export_print_job(&job, s->settings->json);
	status = EXPORT_EXIT_DONE;
	if (job.state == EXPORT_SUCCEEDED) {
		complain("export: job %s had succeeded already", job.id.text);
		status = EXPORT_EXIT_FAILED;
	}
	export_job_finish(&job);
	return status;
}

static bool stop(void *data)
{
	return interrupt_came(data);
}

static int open_export(const struct stack *stack,
		       struct export_session *session)
{
	const struct export_config config = {
		.gateway = stack->gateway,
		.http = stack->http,
		.timeout_ms = session->settings->timeout_ms,
		.stop = stop,
		.data = &session->interrupt,
	};

	return export_open(&config, &session->export);
}

static int run(const struct export_words *words,
	       const struct settings *settings)
{
	static int (*const verbs[])(struct export_session *) = {
		[EXPORT_AUDIENCES] = run_audiences,
		[EXPORT_START] = export_run_start,
		[EXPORT_STATUS] = run_status,
		[EXPORT_LIST] = run_list,
		[EXPORT_CANCEL] = run_cancel,
	};
	struct export_session session = {.words = words, .settings = settings};
	struct stack stack = {.writes = words->verb == EXPORT_START ||
					words->verb == EXPORT_CANCEL};
	int status = EXPORT_EXIT_FAILED, err;

	log_to_stream(NULL); /* what goes wrong is said here */
	interrupt_hold(&session.interrupt);
	err = stack_build_platform(&stack, settings);
	if (!err)
		err = open_export(&stack, &session);
	if (err)
		complain("cannot start: %s", strerror(-err));
	else
		status = verbs[words->verb](&session);
	export_close(session.export);
	stack_take_down(&stack);
	return status;
}

int export_command(int argc, char **argv)
{
	struct settings settings = {0};
	struct export_words words;
	int status = EXPORT_EXIT_USAGE;

	if (!export_words_read(&words, &argc, argv)) {
		status = command_prepare(&settings, SETTINGS_SOURCE_ONLY, argc,
					 argv, usage_print_export);
		if (status == COMMAND_GO_ON)
			status = run(&words, &settings);
	}
	settings_finish(&settings);
	export_words_finish(&words);
	return status;
}
