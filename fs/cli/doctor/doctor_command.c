/*
 * `caifs doctor`: see doctor_command.h. Checks in order what a mount needs, and
 * at the first check that fails prints what is wrong and how to fix it.
 *
 * The checks of the platform make the calls of the source that a mount makes.
 */

#include "doctor_command.h"

#include "caifs/buffer.h"
#include "caifs/latch.h"
#include "caifs/print_error.h"
#include "command/arguments.h"
#include "runtime/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

enum { CLOCK_TOLERANCE_MS = 5 * 60 * 1000, WAIT_MS = 120 * 1000 };

/* A record of a listing, for the next step. `id` NULL: none. */
struct found {
	char *id, *key, *alternate_id, *name;
	int64_t size;
	size_t count;
};

struct doctor {
	const struct settings *settings;
	struct runtime runtime;
	cJSON *report; /* NULL: for people */
	struct found dataset, batch, part;
	char detail[640]; /* of the step under way */

	/* The call under way. */
	struct source_call *call;
	struct found *finding;
	struct latch done;
	int result;
};

struct step {
	const char *name;
	/* 0, or a negative errno; either way with `detail` set. */
	int (*take)(struct doctor *doctor);
};

/* --- Calls --- */

static void set_done(struct doctor *doctor, int err)
{
	doctor->result = err;
	latch_open(&doctor->done);
}

static int wait_for_call(struct doctor *doctor)
{
	if (!latch_wait(&doctor->done, WAIT_MS)) {
		source_cancel(platform_source(doctor->runtime.platform),
			      doctor->call);
		latch_wait(&doctor->done, WAIT_MS);
		return -ETIMEDOUT;
	}
	return doctor->result;
}

static void explain(struct doctor *doctor, int err)
{
	gateway_explain(doctor->runtime.gateway, doctor->detail,
			sizeof(doctor->detail));
	if (!doctor->detail[0])
		snprintf(doctor->detail, sizeof(doctor->detail), "%s",
			 strerror(-err));
}

/* Stores the first record; of parts, the first that is not empty. */
static int on_page(void *data, const struct source_record *records,
		   size_t count)
{
	struct doctor *doctor = data;
	struct found *found = doctor->finding;

	for (size_t i = 0; i < count; i++) {
		/* An empty part has no range to read. */
		if (found->id && (found->size > 0 || records[i].size == 0))
			continue;
		free(found->id);
		free(found->key);
		free(found->alternate_id);
		free(found->name);
		*found = (struct found){
			.id = strdup(records[i].id),
			.key = strdup(records[i].key),
			.alternate_id = strdup(records[i].alternate_id),
			.name = strdup(records[i].name),
			.size = records[i].size,
			.count = found->count,
		};
		if (!found->id || !found->key || !found->alternate_id ||
		    !found->name)
			return -ENOMEM;
	}
	found->count += count;
	return 0;
}

static void on_restart(void *data)
{
	struct doctor *doctor = data;

	doctor->finding->count = 0;
}

static void on_list_done(void *data, int err)
{
	set_done(data, err);
}

static int list(struct doctor *doctor, const struct source_query *query,
		struct found *found)
{
	struct source *source = platform_source(doctor->runtime.platform);
	const struct source_listing listing = {
		.data = doctor,
		.page = on_page,
		.restart = on_restart,
		.done = on_list_done,
	};
	int err;

	doctor->finding = found;
	err = source_list(source, query, &listing, &doctor->call);
	if (err)
		return err;
	err = wait_for_call(doctor);
	source_unref(source, doctor->call);
	if (err)
		explain(doctor, err);
	return err;
}

/* --- This machine --- */

static int check_fuse(struct doctor *doctor)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "/dev/fuse: %s: %s", strerror(errno),
			 errno == ENOENT ? "load the module (modprobe fuse), "
					   "or give the container the device"
					 : "ask an administrator for access");
		return -EACCES;
	}
	close(fd);
	if (geteuid() != 0 && access("/usr/bin/fusermount3", X_OK) < 0 &&
	    access("/bin/fusermount3", X_OK) < 0) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "fusermount3 is missing: install the package fuse3");
		return -ENOENT;
	}
	snprintf(doctor->detail, sizeof(doctor->detail), "/dev/fuse opens");
	return 0;
}

static bool user_may_allow_other(void)
{
	const char *path = getenv("CAIFS_FUSE_CONF");
	FILE *file = fopen(path ? path : "/etc/fuse.conf", "re");
	char line[256];
	bool may = false;

	while (file && !may && fgets(line, sizeof(line), file))
		may = strncmp(line, "user_allow_other", 16) == 0;
	if (file)
		fclose(file);
	return may;
}

static int check_fuse_conf(struct doctor *doctor)
{
	bool wanted = settings_flag(doctor->settings, OPTION_ALLOW_OTHER);

	if (wanted && geteuid() != 0 && !user_may_allow_other()) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "allow_other needs the line 'user_allow_other' in "
			 "/etc/fuse.conf");
		return -EACCES;
	}
	snprintf(doctor->detail, sizeof(doctor->detail),
		 wanted ? "allow_other may be used"
			: "allow_other is not used");
	return 0;
}

static int check_configuration(struct doctor *doctor)
{
	const struct settings *s = doctor->settings;

	snprintf(doctor->detail, sizeof(doctor->detail),
		 "%s, organisation %s, sandbox %s",
		 s->config_path ? s->config_path : "environment and options",
		 settings_text(s, OPTION_IMS_ORG),
		 settings_text(s, OPTION_SANDBOX_NAME));
	return 0;
}

/* --- The platform --- */

static void on_token(void *data, int err, const char *why)
{
	struct doctor *doctor = data;

	snprintf(doctor->detail, sizeof(doctor->detail), "%s", why);
	set_done(doctor, err);
}

static int check_token(struct doctor *doctor)
{
	gateway_ask_token(doctor->runtime.gateway, on_token, doctor);
	if (!latch_wait(&doctor->done, WAIT_MS))
		return -ETIMEDOUT;
	return doctor->result;
}

static int check_datasets(struct doctor *doctor)
{
	const struct source_query query = {.kind = SOURCE_DATASETS};
	int err = list(doctor, &query, &doctor->dataset);

	if (err)
		return err;
	if (!doctor->dataset.id) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "sandbox %s has no dataset named 'Customer AI "
			 "Scores...': check sandbox_name, or name datasets "
			 "with dataset=ID",
			 settings_text(doctor->settings, OPTION_SANDBOX_NAME));
		return -ENOENT;
	}
	snprintf(doctor->detail, sizeof(doctor->detail), "%zu shown, e.g. %s",
		 doctor->dataset.count, doctor->dataset.name);
	return 0;
}

static int check_clock(struct doctor *doctor)
{
	int64_t offset_ms = gateway_clock_offset_ms(doctor->runtime.gateway);
	long long minutes = offset_ms / 60000;

	if (offset_ms > CLOCK_TOLERANCE_MS || offset_ms < -CLOCK_TOLERANCE_MS) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "this machine's clock is %lld minutes %s: "
			 "timedatectl set-ntp true",
			 minutes < 0 ? -minutes : minutes,
			 minutes < 0 ? "fast" : "slow");
		return -EINVAL;
	}
	snprintf(doctor->detail, sizeof(doctor->detail),
		 "agrees with the platform's");
	return 0;
}

static int check_batch(struct doctor *doctor)
{
	const struct source_query query = {
		.kind = SOURCE_LATEST,
		.dataset_id = doctor->dataset.id,
	};
	int err = list(doctor, &query, &doctor->batch);

	if (err)
		return err;
	if (!doctor->batch.id) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "%s has no finished batch yet: a new instance takes "
			 "up to 24 hours to train and score",
			 doctor->dataset.name);
		return -ENOENT;
	}
	snprintf(doctor->detail, sizeof(doctor->detail), "%s is the newest",
		 doctor->batch.id);
	return 0;
}

static int check_parts(struct doctor *doctor)
{
	const struct source_query query = {
		.kind = SOURCE_PARTS,
		.batch_id = doctor->batch.id,
		.batch_key = doctor->batch.key,
		.batch_alternate_id = doctor->batch.alternate_id,
	};
	int err = list(doctor, &query, &doctor->part);

	if (err)
		return err;
	if (!doctor->part.id || doctor->part.size == 0) {
		snprintf(doctor->detail, sizeof(doctor->detail),
			 "batch %s has no part with bytes in it",
			 doctor->batch.id);
		return -ENOENT;
	}
	snprintf(doctor->detail, sizeof(doctor->detail), "%zu in that batch",
		 doctor->part.count);
	return 0;
}

static void on_bytes(void *data, const char *bytes, size_t size)
{
	(void)data;
	(void)bytes;
	(void)size;
}

static int check_range(struct doctor *doctor)
{
	struct source *source = platform_source(doctor->runtime.platform);
	/* The last byte: one from the start would also be read without support
	   for ranges. */
	const struct source_range range = {
		.file_id = doctor->part.id,
		.path = doctor->part.key,
		.file_size = doctor->part.size,
		.offset = doctor->part.size - 1,
		.size = 1,
	};
	const struct source_fetch fetch = {
		.data = doctor,
		.bytes = on_bytes,
		.done = on_list_done,
	};
	int err = source_fetch(source, &range, &fetch, &doctor->call);

	if (err)
		return err;
	err = wait_for_call(doctor);
	source_unref(source, doctor->call);
	if (err) {
		explain(doctor, err);
		return err;
	}
	snprintf(doctor->detail, sizeof(doctor->detail),
		 "one byte of %s was read", doctor->part.key);
	return 0;
}

/* --- The steps --- */

static const struct step steps[] = {
	{"fuse", check_fuse},
	{"fuse.conf", check_fuse_conf},
	{"configuration", check_configuration},
	{"token", check_token},
	{"datasets", check_datasets},
	{"clock", check_clock},
	{"batch", check_batch},
	{"parts", check_parts},
	{"range", check_range},
};

static void print_step(struct doctor *doctor, const char *name, int err)
{
	cJSON *row;

	for (char *c = doctor->detail; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?'; /* names are from the platform */
	if (!doctor->report) {
		printf("%-4s  %-13s  %s\n", err ? "FAIL" : "ok", name,
		       doctor->detail);
		fflush(stdout);
		return;
	}
	row = cJSON_CreateObject();
	cJSON_AddStringToObject(row, "step", name);
	cJSON_AddBoolToObject(row, "ok", !err);
	cJSON_AddStringToObject(row, "detail", doctor->detail);
	cJSON_AddItemToArray(doctor->report, row);
}

static int walk(struct doctor *doctor)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int err;

		doctor->detail[0] = '\0';
		err = steps[i].take(doctor);
		print_step(doctor, steps[i].name, err);
		if (err)
			return 1;
	}
	return 0;
}

static void finish_found(struct found *found)
{
	free(found->id);
	free(found->key);
	free(found->alternate_id);
	free(found->name);
}

static int examine(const struct settings *settings, bool json)
{
	struct doctor doctor = {.settings = settings};
	int status = 1, err;

	log_to_stream(NULL); /* errors are in the steps' details */
	latch_init(&doctor.done);
	if (json)
		doctor.report = cJSON_CreateArray();
	err = runtime_build_platform(&doctor.runtime, settings);
	if (err)
		print_error("cannot start: %s", strerror(-err));
	else
		status = walk(&doctor);
	runtime_take_down(&doctor.runtime);
	if (doctor.report) {
		char *text = cJSON_Print(doctor.report);

		puts(text ? text : "[]");
		free(text);
		cJSON_Delete(doctor.report);
	}
	finish_found(&doctor.dataset);
	finish_found(&doctor.batch);
	finish_found(&doctor.part);
	latch_finish(&doctor.done);
	return status;
}

static int take_json(void *data, const char *value)
{
	bool *json = data;

	(void)value;
	*json = true;
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct settings settings = {0};
	bool json = false;
	int status = arguments_take(command, &argc, argv, &json);

	if (status == COMMAND_CONTINUE)
		status = command_prepare(&settings, SETTINGS_SOURCE_ONLY, argc,
					 argv);
	if (status == COMMAND_CONTINUE)
		status = examine(&settings, json);
	settings_finish(&settings);
	return status;
}

static const struct command_option command_options[] = {
	{"--json", NULL, "print the steps as JSON", take_json},
	{0},
};

const struct command doctor_command = {
	.name = "doctor",
	.synopsis = "[--json] [-o OPTION[,OPTION...]] [SOURCE]",
	.summary = "checks what a mount needs",
	.about =
		"Checks in order what a mount needs, from /dev/fuse to one "
		"ranged read, and prints at the first check that fails what is "
		"wrong and how to fix it. SOURCE and -o are those of the "
		"mount.",
	.options = command_options,
	.has_settings = true,
	.run = run,
};
