/* The arguments of `caifs export`: see export_args.h. */

#include "export_args.h"

#include "caifs/digits.h"
#include "caifs/export.h"
#include "caifs/print_error.h"
#include "command/arguments.h"
#include "export_exit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int wrong(const char *word, const char *wanted)
{
	print_error("export: '%s': %s", word, wanted);
	return -EINVAL;
}

/* --- Values --- */

static int take_id(const char *text, const char **ret)
{
	if (!export_id_is_plain(text))
		return wrong(text, "is not an ID: an ID has letters, digits "
				   "and _-.:@ only");
	*ret = text;
	return 0;
}

static int take_audience(void *data, const char *text)
{
	struct export_args *w = data;
	const char **more, *id = NULL;

	if (take_id(text, &id))
		return -EINVAL;
	for (size_t i = 0; i < w->audience_count; i++)
		if (strcmp(w->audiences[i], id) == 0)
			return 0;
	more = reallocarray(w->audiences, w->audience_count + 1, sizeof(*more));
	if (!more)
		return -EINVAL;
	w->audiences = more;
	w->audiences[w->audience_count++] = id;
	return 0;
}

static int take_dataset(void *data, const char *text)
{
	struct export_args *w = data;

	return take_id(text, &w->dataset);
}

static int take_new_dataset(void *data, const char *text)
{
	struct export_args *w = data;

	if (!*text)
		return wrong(text, "is not a name for a dataset");
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return wrong("--new-dataset",
				     "the name has a control character");
	w->new_dataset = text;
	return 0;
}

static int take_fields(void *data, const char *text)
{
	struct export_args *w = data;

	if (!*text || strspn(text, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_-.:/@,") != strlen(text))
		return wrong(text, "must be names of fields, as in "
				   "identities.id,person.name");
	w->fields = text;
	return 0;
}

/* ID or ID:VERSION. */
static int take_policy(void *data, const char *text)
{
	struct export_args *w = data;
	const char *colon = strrchr(text, ':');
	const char *digits = colon ? colon + 1 : NULL;
	int64_t version = 0;

	if (digits && (!digits_read(&digits, &version) || *digits ||
		       version < 1 || version > INT32_MAX))
		return wrong(text, "must be ID or ID:VERSION");
	free(w->policy);
	w->policy =
		colon ? strndup(text, (size_t)(colon - text)) : strdup(text);
	w->policy_version = version;
	if (!w->policy)
		return -EINVAL;
	return export_id_is_plain(w->policy)
		       ? 0
		       : wrong(text, "must be ID or ID:VERSION");
}

static int take_since(void *data, const char *text)
{
	struct export_args *w = data;
	int64_t since_ms;

	if (parse_time_moment(text, &since_ms))
		return wrong(text, "must be a time, as 2026-01-31 or "
				   "2026-01-31T08:00:00Z");
	print_time_moment(since_ms, w->since);
	return 0;
}

static int take_wait(void *data, const char *text)
{
	struct export_args *w = data;

	(void)text;
	w->wait = true;
	return 0;
}

static int take_json(void *data, const char *text)
{
	struct export_args *w = data;

	(void)text;
	w->json = true;
	return 0;
}

/* --- The tables --- */

const struct command_option export_start_options[] = {
	{"--audience", "ID", "an audience that has been evaluated; repeatable",
	 take_audience},
	{"--dataset", "ID",
	 "export to this dataset, which has the union schema of profiles",
	 take_dataset},
	{"--new-dataset", "NAME",
	 "make a dataset of this name and export to it", take_new_dataset},
	{"--fields", "A,B", "export only these fields of profiles",
	 take_fields},
	{"--merge-policy", "ID[:VERSION]",
	 "how profiles are merged; needed with several audiences, default: the "
	 "audience's own",
	 take_policy},
	{"--since", "TIME",
	 "only profiles that changed after it, as 2026-01-31 or "
	 "2026-01-31T08:00:00Z",
	 take_since},
	{"--wait", NULL,
	 "wait until the job ends, then print the path of its batch; Ctrl-C "
	 "ends the waiting, not the job",
	 take_wait},
	{"--json", NULL, "print JSON", take_json},
	{0},
};

const struct command_option export_status_options[] = {
	{"--wait", NULL, "wait until the job ends, as with start", take_wait},
	{"--json", NULL, "print JSON", take_json},
	{0},
};

const struct command_option export_json_options[] = {
	{"--json", NULL, "print JSON", take_json},
	{0},
};

/* --- Reading --- */

/* The job is the first argument that is no option. */
static int take_job(struct export_args *w, int *argc, char **argv)
{
	int at = 1, count;

	while (at < *argc && argv[at][0] == '-')
		at += strcmp(argv[at], "-o") == 0 ? 2 : 1;
	if (at >= *argc)
		return 0;
	count = *argc - at;
	if (take_id(argv[at], &w->job))
		return -EINVAL;
	memmove(&argv[at], &argv[at + 1], (size_t)count * sizeof(*argv));
	--*argc;
	return 0;
}

static int check_start(const struct export_args *w)
{
	if (w->audience_count == 0) {
		print_error("export: no audience: give --audience ID (caifs "
			    "export audiences lists them)");
		return -EINVAL;
	}
	if (!w->dataset == !w->new_dataset) {
		print_error("export: give either --dataset ID or --new-dataset "
			    "NAME");
		return -EINVAL;
	}
	if (w->audience_count > 1 && !w->policy) {
		print_error("export: several audiences need --merge-policy ID "
			    "(caifs export audiences lists each one's)");
		return -EINVAL;
	}
	return 0;
}

int export_args_read(struct export_args *args, const struct command *command,
		     bool wants_job, int *argc, char **argv)
{
	int status;

	*args = (struct export_args){0};
	status = arguments_take(command, argc, argv, args);
	if (status != COMMAND_CONTINUE)
		return status;
	if (wants_job && take_job(args, argc, argv))
		return EXPORT_EXIT_USAGE;
	if (wants_job && !args->job) {
		print_error("export: no job: caifs %s JOB", command->name);
		return EXPORT_EXIT_USAGE;
	}
	if (command->options == export_start_options && check_start(args))
		return EXPORT_EXIT_USAGE;
	return COMMAND_CONTINUE;
}

void export_args_finish(struct export_args *args)
{
	free(args->audiences);
	free(args->policy);
	*args = (struct export_args){0};
}
