/*
 * `caifs wait`: see wait_command.h. For schedulers: returns when the dataset's
 * `latest` is a batch that completed later than another batch, or than a time.
 *
 * It polls through the mount, once in each ttl: more often shows the same. It
 * has no file open in between, so that the mount can be unmounted; it then ends
 * with an error.
 */

#include "wait_command.h"

#include "command/arguments.h"
#include "mounts/mount_status.h"
#include "mounts/mounts.h"

#include "caifs/clock.h"
#include "caifs/parse_time.h"
#include "caifs/print_error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

enum {
	TIMED_OUT = 124, /* as timeout(1) ends */
	DEFAULT_TTL_MS = 60000,
	SHORTEST_MS = 1000, /* between polls */
	/* The kernel's clock for cached entries has coarse steps. */
	MARGIN_MS = 50,
	ID_SIZE = 256,
};

struct wait_args {
	char *dataset;	    /* the path of its directory */
	const char *since;  /* NULL: the newest batch at the start */
	int64_t timeout_ms; /* < 0: none */
	bool json;
};

/* A batch; or only a time: `ino` is 0. */
struct batch {
	char name[NAME_MAX + 1];
	ino_t ino;
	int64_t completed_ms;
};

static const struct batch none = {.completed_ms = INT64_MIN};

/* --- Polling --- */

/* The dataset or the mount is gone: an error that does not pass. Errors that
   may pass are a negative errno. */
enum { GONE = 1 };

/* 0: the path is a dataset. GONE, or negative errno. */
static int find_dataset(const char *path)
{
	char id[ID_SIZE];

	if (getxattr(path, "user.caifs.dataset_id", id, sizeof(id)) < 0) {
		switch (errno) {
		case ENOENT: /* the dataset is gone, or the mount */
		case ENOTDIR:
		case ENOTCONN:	 /* the mount has died */
		case ENODATA:	 /* not a dataset */
		case EOPNOTSUPP: /* on another filesystem */
			return GONE;
		default:
			return -errno;
		}
	}
	/* Batches and parts have a dataset_id, too. */
	if (getxattr(path, "user.caifs.batch_id", id, sizeof(id)) >= 0)
		return GONE;
	return errno == ENODATA ? 0 : -errno;
}

static int find_batch(const char *dataset, const char *name,
		      struct batch *ret_batch)
{
	struct stat found;
	char *path;
	int err;

	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	if (asprintf(&path, "%s/%s", dataset, name) < 0)
		return -ENOMEM;
	err = stat(path, &found) ? -errno : 0;
	free(path);
	if (err)
		return err;
	if (!S_ISDIR(found.st_mode))
		return -ENOTDIR;
	snprintf(ret_batch->name, sizeof(ret_batch->name), "%s", name);
	ret_batch->ino = found.st_ino;
	ret_batch->completed_ms = (int64_t)found.st_mtim.tv_sec * 1000 +
				  found.st_mtim.tv_nsec / 1000000;
	return 0;
}

/* The newest batch, or `none`. 0, GONE, or negative errno. */
static int poll_newest(const char *dataset, struct batch *ret_batch)
{
	char name[NAME_MAX + 1], *path;
	int err = find_dataset(dataset);
	ssize_t length;

	if (err)
		return err;
	if (asprintf(&path, "%s/latest", dataset) < 0)
		return -ENOMEM;
	length = readlink(path, name, sizeof(name) - 1);
	err = length < 0 ? -errno : 0;
	free(path);
	*ret_batch = none;
	if (err)
		return err == -ENOENT ? 0 : err;
	name[length] = '\0';
	return find_batch(dataset, name, ret_batch);
}

static bool is_newer(const struct batch *batch, const struct batch *than)
{
	if (batch->completed_ms != than->completed_ms)
		return batch->completed_ms > than->completed_ms;
	return than->ino && batch->ino != than->ino;
}

static void print_gone(const struct wait_args *args)
{
	print_error("%s: not a dataset in a mount of caifs", args->dataset);
}

/* --- Since when --- */

/* The batch named by what follows the last '/' of --since. */
static int since_batch(const struct wait_args *args, struct batch *ret_batch)
{
	size_t length = strlen(args->since);
	char *word, *slash;
	int err = find_dataset(args->dataset);

	if (err)
		return err;
	word = strdup(args->since);
	if (!word)
		return -ENOMEM;
	while (length && word[length - 1] == '/')
		word[--length] = '\0';
	slash = strrchr(word, '/');
	err = find_batch(args->dataset, slash ? slash + 1 : word, ret_batch);
	free(word);
	return err;
}

/* 0, or 1 after it has printed why not. */
static int find_reference(const struct wait_args *args, struct batch *ret_batch)
{
	int err;

	*ret_batch = none;
	if (args->since &&
	    parse_time_moment(args->since, &ret_batch->completed_ms) == 0)
		return 0;
	err = args->since ? since_batch(args, ret_batch)
			  : poll_newest(args->dataset, ret_batch);
	if (err == GONE)
		print_gone(args);
	else if (args->since && (err == -ENOENT || err == -ENOTDIR))
		print_error("wait: --since '%s' is neither a time nor a batch "
			    "in %s; if the batch was deleted, give a time",
			    args->since, args->dataset);
	else if (err)
		print_error("%s: %s; see caifs status", args->dataset,
			    strerror(-err));
	return err ? 1 : 0;
}

/* --- Waiting --- */

static double number(const cJSON *status, const char *name)
{
	return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(status, "mount"), name));
}

/* The polling interval, from the mount's ttl. 1: the mount is offline, which it
   has printed. */
static int ask_interval(const char *dataset, int64_t *ret_ms)
{
	char *mount = mounts_holding(dataset);
	char *report = NULL;
	cJSON *status = mount && !mount_status_read(mount, &report)
				? cJSON_Parse(report)
				: NULL;
	double ttl_s = number(status, "ttl_seconds"); /* NaN: not known */
	bool offline = number(status, "offline") > 0;

	*ret_ms = DEFAULT_TTL_MS;
	if (ttl_s >= 0 && ttl_s <= 86400)
		*ret_ms = (int64_t)(ttl_s * 1000);
	if (*ret_ms < SHORTEST_MS)
		*ret_ms = SHORTEST_MS;
	*ret_ms += MARGIN_MS;
	if (offline)
		print_error("%s is mounted offline: no newer batch can appear",
			    mount);
	cJSON_Delete(status);
	free(report);
	free(mount);
	return offline ? 1 : 0;
}

static void sleep_until(int64_t ms)
{
	const struct timespec until = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	/* clock_now_ms()'s clock. */
	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL) ==
	       EINTR)
		;
}

/* 0 with the batch; else the exit status, after it has printed why. */
static int await(const struct wait_args *args, const struct batch *reference,
		 int64_t interval_ms, struct batch *ret_batch)
{
	int64_t now_ms = clock_now_ms();
	int64_t end_ms =
		args->timeout_ms < 0 ? INT64_MAX : now_ms + args->timeout_ms;
	bool printed = false;

	for (;;) {
		int err = poll_newest(args->dataset, ret_batch);

		if (!err && is_newer(ret_batch, reference))
			return 0;
		if (err == GONE) {
			print_gone(args);
			return 1;
		}
		if (err && !printed)
			print_error("%s: %s; still waiting", args->dataset,
				    strerror(-err));
		printed = err != 0;
		now_ms = clock_now_ms();
		if (now_ms >= end_ms) {
			print_error("%s: no newer batch within --timeout",
				    args->dataset);
			return TIMED_OUT;
		}
		sleep_until(end_ms - now_ms < interval_ms
				    ? end_ms
				    : now_ms + interval_ms);
	}
}

/* --- Output --- */

static int add_attribute(cJSON *root, const char *path, const char *name)
{
	char attribute[64], value[ID_SIZE + 1];
	ssize_t length;

	snprintf(attribute, sizeof(attribute), "user.caifs.%s", name);
	length = getxattr(path, attribute, value, sizeof(value) - 1);
	if (length < 0)
		return 0; /* not known: omitted */
	value[length] = '\0';
	return cJSON_AddStringToObject(root, name, value) ? 0 : -ENOMEM;
}

static char *describe(const char *path, const struct batch *batch)
{
	cJSON *root = cJSON_CreateObject();
	char completed[PARSE_TIME_TEXT], *text = NULL;

	print_time_moment(batch->completed_ms, completed);
	if (root && cJSON_AddStringToObject(root, "path", path) &&
	    !add_attribute(root, path, "dataset_id") &&
	    !add_attribute(root, path, "batch_id") &&
	    cJSON_AddStringToObject(root, "completed", completed))
		text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return text;
}

static int print_batch(const struct wait_args *args, const struct batch *batch)
{
	char *path, *json = NULL;
	bool failed;

	if (asprintf(&path, "%s/%s", args->dataset, batch->name) < 0)
		path = NULL;
	if (path && args->json)
		json = describe(path, batch);
	failed = !path || (args->json && !json) ||
		 puts(args->json ? json : path) < 0 || fflush(stdout);
	if (failed)
		print_error("cannot print the batch: %s", strerror(errno));
	cJSON_free(json);
	free(path);
	return failed;
}

/* --- Arguments --- */

/* The dataset's path. A name that is no path here is one in the only mount. */
static int find_path(const char *word, char **ret_path)
{
	char **mounts = NULL;
	size_t length = strlen(word);
	int err;

	while (length > 1 && word[length - 1] == '/')
		length--;
	*ret_path = strndup(word, length);
	if (!*ret_path || strchr(word, '/') || access(word, F_OK) == 0)
		return *ret_path ? 0 : 1;
	err = mounts_find(&mounts);
	if (!err && mounts[0] && !mounts[1]) {
		free(*ret_path);
		if (asprintf(ret_path, "%s/%s", mounts[0], word) < 0)
			*ret_path = NULL;
	} else {
		print_error("%s: no such directory here, and %s: give the "
			    "path of a dataset",
			    word,
			    err || !mounts[0] ? "caifs is not mounted"
					      : "caifs is mounted several "
						"times");
		err = 1;
	}
	mounts_free(mounts);
	return err || !*ret_path;
}

static int take_since(void *data, const char *value)
{
	struct wait_args *args = data;

	if (!*value) {
		print_error("wait: --since needs a value: TIME|BATCH");
		return -EINVAL;
	}
	args->since = value;
	return 0;
}

static int take_timeout(void *data, const char *value)
{
	struct wait_args *args = data;

	if (parse_time_duration(value, &args->timeout_ms) == 0)
		return 0;
	print_error("wait: --timeout '%s' must be a number with s, m, h or d",
		    value);
	return -EINVAL;
}

static int take_json(void *data, const char *value)
{
	struct wait_args *args = data;

	(void)value;
	args->json = true;
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct wait_args args = {.timeout_ms = -1};
	struct batch reference, batch;
	int64_t interval_ms;
	int status = arguments_take(command, &argc, argv, &args);

	if (status != COMMAND_CONTINUE)
		return status;
	if (argc < 2)
		return arguments_fail(command, "needs a DATASET");
	if (argc > 2)
		return arguments_fail(command, "unexpected argument '%s'",
				      argv[2]);
	status = find_path(argv[1], &args.dataset);
	if (!status)
		status = find_reference(&args, &reference);
	if (!status)
		status = ask_interval(args.dataset, &interval_ms);
	if (!status)
		status = await(&args, &reference, interval_ms, &batch);
	if (!status)
		status = print_batch(&args, &batch);
	free(args.dataset);
	return status;
}

static const struct command_option command_options[] = {
	{"--since", "TIME|BATCH",
	 "wait for a batch newer than this one, or completed after this time; "
	 "default: newer than the newest at the start",
	 take_since},
	{"--timeout", "DURATION",
	 "give up after it, as 90s, 30m, 6h or 2d; default: never",
	 take_timeout},
	{"--json", NULL, "print path, IDs and time of the batch as JSON",
	 take_json},
	{0},
};

const struct command wait_command = {
	.name = "wait",
	.synopsis =
		"[--since TIME|BATCH] [--timeout DURATION] [--json] DATASET",
	.summary = "returns when a dataset has a newer batch",
	.about = "Waits until a dataset of a mount has a newer batch, and "
		 "prints the batch's path. DATASET is the dataset's directory; "
		 "with one mount only, also its name or ID.",
	.exits = "0 there is a newer batch, 1 failed, 2 wrong usage, 124 no "
		 "newer batch within --timeout.",
	.options = command_options,
	.run = run,
};
