/*
 * `caifs export`: see export_command.h. Exports audiences to a dataset, which a
 * mount can show.
 *
 * Its subcommands start and cancel are the only code of caifs that writes to
 * the platform; the gateway refuses writing requests to all others.
 */

#include "export_command.h"

#include "caifs/print_error.h"
#include "export_output.h"
#include "export_session.h"
#include "runtime/runtime.h"

#include <errno.h>
#include <string.h>

static int run_audiences(struct export_session *s)
{
	struct export_audiences audiences;
	int err = export_list_audiences(s->export, &audiences);

	if (err)
		return export_session_fail(s, err, "audiences");
	export_print_audiences(&audiences, s->args->json);
	if (audiences.evaluations_unread)
		print_error("export: the times of evaluation cannot be read: "
			    "%s",
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
	export_print_jobs(&jobs, s->args->json);
	if (jobs.cut)
		print_error(
			"export: the list is cut: older jobs are not shown");
	export_jobs_finish(&jobs);
	return EXPORT_EXIT_DONE;
}

static int run_status(struct export_session *s)
{
	struct export_job job;
	int err = export_look(s->export, s->args->job, &job), status;

	if (err)
		return export_session_fail(s, err, "status");
	if (s->args->wait) {
		status = export_watch(s, &job);
	} else {
		export_print_job(&job, s->args->json);
		status = job.state == EXPORT_FAILED ? EXPORT_EXIT_FAILED
						    : EXPORT_EXIT_DONE;
	}
	export_job_finish(&job);
	return status;
}

static int run_cancel(struct export_session *s)
{
	struct export_job job;
	int err = export_cancel(s->export, s->args->job), status;

	if (err)
		return export_session_fail(s, err, "cancel");
	/* Show its state now. */
	err = export_look(s->export, s->args->job, &job);
	if (err && err != -ENOENT)
		return export_session_fail(
			s, err, "cancelling was requested, but its status");
	if (err) {
		print_error("export: job %s exists no more", s->args->job);
		return EXPORT_EXIT_DONE;
	}
	export_print_job(&job, s->args->json);
	status = EXPORT_EXIT_DONE;
	if (job.state == EXPORT_SUCCEEDED) {
		print_error("export: job %s had already succeeded",
			    job.id.text);
		status = EXPORT_EXIT_FAILED;
	}
	export_job_finish(&job);
	return status;
}

static bool stop(void *data)
{
	return interrupt_came(data);
}

static int open_export(const struct runtime *runtime,
		       struct export_session *session)
{
	const struct export_config config = {
		.gateway = runtime->gateway,
		.http = runtime->http,
		.timeout_ms = session->settings->timeout_ms,
		.stop = stop,
		.data = &session->interrupt,
	};

	return export_open(&config, &session->export);
}

/* What a subcommand runs and needs. */
struct task {
	int (*run)(struct export_session *session);
	bool wants_job, writes;
};

static int run_with(const struct task *task, const struct export_args *args,
		    const struct settings *settings)
{
	struct export_session session = {.args = args, .settings = settings};
	struct runtime runtime = {.writes = task->writes};
	int status = EXPORT_EXIT_FAILED, err;

	log_to_stream(NULL); /* errors are printed by the subcommand */
	interrupt_hold(&session.interrupt);
	err = runtime_build_platform(&runtime, settings);
	if (!err)
		err = open_export(&runtime, &session);
	if (err)
		print_error("cannot start: %s", strerror(-err));
	else
		status = task->run(&session);
	export_close(session.export);
	runtime_take_down(&runtime);
	return status;
}

static int run(const struct command *command, const struct task *task, int argc,
	       char **argv)
{
	struct settings settings = {0};
	struct export_args args;
	int status =
		export_args_read(&args, command, task->wants_job, &argc, argv);

	if (status == COMMAND_CONTINUE)
		status = command_prepare(&settings, SETTINGS_SOURCE_ONLY, argc,
					 argv);
	if (status == COMMAND_CONTINUE)
		status = run_with(task, &args, &settings);
	settings_finish(&settings);
	export_args_finish(&args);
	return status;
}

/* --- The tables --- */

static int audiences_run(const struct command *command, int argc, char **argv)
{
	return run(command, &(struct task){run_audiences, false, false}, argc,
		   argv);
}

static int start_run(const struct command *command, int argc, char **argv)
{
	return run(command, &(struct task){export_run_start, false, true}, argc,
		   argv);
}

static int status_run(const struct command *command, int argc, char **argv)
{
	return run(command, &(struct task){run_status, true, false}, argc,
		   argv);
}

static int list_run(const struct command *command, int argc, char **argv)
{
	return run(command, &(struct task){run_list, false, false}, argc, argv);
}

static int cancel_run(const struct command *command, int argc, char **argv)
{
	return run(command, &(struct task){run_cancel, true, true}, argc, argv);
}

static const char exits[] =
	"0 done, 1 failed, 2 wrong usage or configuration, 3 an audience has "
	"not been evaluated, 4 it is not known whether the job was started, "
	"130 the waiting was interrupted.";

static const struct command audiences = {
	.name = "export audiences",
	.synopsis = "[--json] [-o OPTION[,OPTION...]] [SOURCE]",
	.summary = "lists audiences: their IDs, names, and when they were last "
		   "evaluated",
	.exits = exits,
	.options = export_json_options,
	.has_settings = true,
	.run = audiences_run,
};

static const struct command start = {
	.name = "export start",
	.synopsis = "--audience ID [--audience ID...] --dataset ID | "
		    "--new-dataset NAME [--fields A,B] [--merge-policy "
		    "ID[:VERSION]] [--since TIME] [--wait] [--json] [-o "
		    "OPTION[,OPTION...]] [SOURCE]",
	.summary = "starts an export job, and prints its ID",
	.exits = exits,
	.options = export_start_options,
	.has_settings = true,
	.run = start_run,
};

static const struct command status = {
	.name = "export status",
	.synopsis = "JOB [--wait] [--json] [-o OPTION[,OPTION...]] [SOURCE]",
	.summary = "shows a job",
	.exits = exits,
	.options = export_status_options,
	.has_settings = true,
	.run = status_run,
};

static const struct command list = {
	.name = "export list",
	.synopsis = "[--json] [-o OPTION[,OPTION...]] [SOURCE]",
	.summary = "lists all jobs, the newest first",
	.exits = exits,
	.options = export_json_options,
	.has_settings = true,
	.run = list_run,
};

static const struct command cancel = {
	.name = "export cancel",
	.synopsis = "JOB [--json] [-o OPTION[,OPTION...]] [SOURCE]",
	.summary = "cancels a job",
	.exits = exits,
	.options = export_json_options,
	.has_settings = true,
	.run = cancel_run,
};

static const struct command *const subcommands[] = {
	&audiences, &start, &status, &list, &cancel, NULL,
};

const struct command export_command = {
	.name = "export",
	.synopsis = "audiences | start | status | list | cancel [ARGUMENT...]",
	.summary = "exports audiences to a dataset",
	.about = "Exports the members of audiences to a dataset, which a mount "
		 "can show. -o and SOURCE are those of a mount.",
	.exits = exits,
	.subcommands = subcommands,
	.run = command_run_subcommand,
};
