/* `caifs status`: see status_command.h. Reads .caifs/status.json of each mount.
 */

#include "status_command.h"

#include "command/arguments.h"
#include "mounts/mount_status.h"
#include "mounts/mounts.h"
#include "terminal/format.h"

#include "caifs/print_error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* The caller frees it; NULL after it has printed why. */
static char *read_status(const char *mount)
{
	char *text;
	int err = mount_status_read(mount, &text);

	if (!err)
		return text;
	print_error("%s/.caifs/status.json: %s", mount,
		    err == -ENOENT ? "not a mountpoint of caifs"
				   : strerror(-err));
	return NULL;
}

/* --- A table for people --- */

static double number(const cJSON *status, const char *group, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(status, group), name);

	return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static const char *text(const cJSON *status, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(status, "about"), name);

	return cJSON_IsString(value) ? value->valuestring : "";
}

/* Also the mean rate of a connection while it receives, if known. */
static void print_received(double bytes, double seconds)
{
	char size[FORMAT_TEXT];

	format_size(size, bytes);
	printf("%-14s%s", "  received", size);
	if (seconds > 0) {
		format_size(size, bytes / seconds);
		printf(", %s/s per connection", size);
	}
	putchar('\n');
}

static void print_share(const char *label, double bytes, double all)
{
	char share[FORMAT_TEXT], whole[FORMAT_TEXT];

	format_size(share, bytes);
	format_size(whole, all);
	printf("%-14s%s of %s", label, share, whole);
}

static void print_waits(const cJSON *status, const char *group,
			const char *label)
{
	double requests = number(status, group, "requests");
	double each = requests > 0 ? 1000 / requests : 0;

	printf("%-14s%.0f; each on average: %.0f ms queued, %.0f to connect, "
	       "%.0f to the first byte, %.0f to the last\n",
	       label, requests, each * number(status, group, "queue_seconds"),
	       each * number(status, group, "connect_seconds"),
	       each * number(status, group, "first_byte_seconds"),
	       each * number(status, group, "body_seconds"));
}

static void print_duration(const char *label, double seconds)
{
	printf("%-14s", label);
	if (seconds >= 3600)
		printf("%.0f h ", seconds / 3600 - 0.5);
	printf("%d min %d s\n", (int)(seconds / 60) % 60, (int)seconds % 60);
}

static void print_cache(const cJSON *status)
{
	double hits = number(status, "cache", "hit_pages");
	double misses = number(status, "cache", "missed_pages");
	double errors = number(status, "cache", "write_errors");

	if (!cJSON_GetObjectItemCaseSensitive(status, "cache"))
		return;
	print_share("  cache", number(status, "cache", "held_bytes"),
		    number(status, "cache", "limit_bytes"));
	printf("; %.0f %% of pages read from it, %.0f files evicted, %.0f "
	       "damaged",
	       hits + misses > 0 ? 100 * hits / (hits + misses) : 0.0,
	       number(status, "cache", "evicted_files"),
	       number(status, "cache", "damaged"));
	if (errors > 0)
		printf(", %.0f WRITES FAILED", errors);
	putchar('\n');
}

static void print_table(const char *mount, const cJSON *status)
{
	double reads = number(status, "reads", "total");
	double waited = number(status, "reads", "waited");
	double body = number(status, "ranges", "body_seconds");

	printf("%s\n", mount);
	printf("%-14s%s, sandbox %s%s\n", "  platform",
	       text(status, "endpoint"), text(status, "sandbox"),
	       number(status, "platform", "reachable") > 0
		       ? ""
		       : ": CANNOT BE REACHED");
	print_duration("  up", number(status, "mount", "up_seconds"));
	if (number(status, "token", "expires_in_seconds") > 0)
		print_duration("  token ends",
			       number(status, "token", "expires_in_seconds"));
	print_waits(status, "listings", "  listings");
	print_waits(status, "ranges", "  ranges");
	print_received(number(status, "platform", "received_bytes"), body);
	printf("%-14s%.0f, %.0f %% from memory\n", "  reads", reads,
	       reads > 0 ? 100 * (1 - (waited < reads ? waited / reads : 1))
			 : 100.0);
	print_share("  memory", number(status, "memory", "used_bytes"),
		    number(status, "memory", "total_bytes"));
	putchar('\n');
	print_cache(status);
	printf("%-14sup to %.0f in parallel, %.0f throttled, %.0f retried, "
	       "%.0f failed\n",
	       "  requests", number(status, "platform", "concurrency_limit"),
	       number(status, "platform", "throttled"),
	       number(status, "platform", "retries"),
	       number(status, "platform", "failed"));
	if (*text(status, "last_failure"))
		printf("%-14s%s\n", "  last failure",
		       text(status, "last_failure"));
}

static int show(const char *mount, bool json)
{
	char *report = read_status(mount);
	cJSON *status = report ? cJSON_Parse(report) : NULL;
	int err = status ? 0 : 1;

	if (report && !status)
		print_error("%s/.caifs/status.json: not JSON: is the mount of "
			    "another version?",
			    mount);
	else if (status && json)
		printf("%s", report);
	else if (status)
		print_table(mount, status);
	cJSON_Delete(status);
	free(report);
	return err;
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
	bool json = false;
	char **mounts;
	int status = arguments_take(command, &argc, argv, &json), failed = 0;

	if (status != COMMAND_CONTINUE)
		return status;
	for (int i = 1; i < argc; i++)
		failed |= show(argv[i], json);
	if (argc > 1)
		return failed;
	if (mounts_find(&mounts)) {
		print_error("/proc/self/mountinfo cannot be read");
		return 1;
	}
	if (!mounts[0])
		print_error("caifs is not mounted on this machine");
	failed = !mounts[0];
	for (size_t i = 0; mounts[i]; i++)
		failed |= show(mounts[i], json);
	mounts_free(mounts);
	return failed;
}

static const struct command_option command_options[] = {
	{"--json", NULL, "print MOUNTPOINT/.caifs/status.json", take_json},
	{0},
};

const struct command status_command = {
	.name = "status",
	.synopsis = "[--json] [MOUNTPOINT...]",
	.summary = "shows the state of mounts",
	.about =
		"Shows the state of the mounts given, or of all mounts of this "
		"machine: requests and where their time went, memory, cache, "
		"the last failure.",
	.options = command_options,
	.run = run,
};
