/*
 * `caifs warm`: see warm_command.h. Fills the disk cache of a mount by reading
 * parts through it.
 *
 * Three rounds, each over all parts, several in parallel: plan finds the ranges
 * of each part, their total and the columns that exist; bring reads what is
 * missing; check makes sure that nothing was evicted meanwhile.
 */

#include "warm_command.h"

#include "command/arguments.h"
#include "terminal/format.h"
#include "terminal/progress.h"
#include "thread_pool.h"
#include "warm_list.h"
#include "warm_part.h"

#include "caifs/print_error.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "caifs/clock.h"

enum {
	READERS = 4,
	TICK_MS = 100,
	/* How long to wait for reads under way after a signal. */
	LEAVE_MS = 1000,
};

struct warm {
	struct warm_list list;
	struct columns columns;
	bool json;
	struct progress_counts counts;
	struct progress *progress;
	int64_t began_ms;
	atomic_size_t failed, skipped;
	atomic_bool stop;
	int signal; /* that stopped it; 0: none */
};

/* --- Signals --- */

static void fill_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

/* Polls for a signal; sets `stop` if there is one. */
static bool is_stopped(void *data)
{
	const struct timespec now = {0};
	struct warm *warm = data;
	sigset_t set;
	int number;

	fill_set(&set);
	number = warm->signal ? 0 : sigtimedwait(&set, NULL, &now);
	if (number > 0) {
		warm->signal = number;
		atomic_store(&warm->stop, true);
	}
	return warm->signal != 0;
}

/* --- The rounds --- */

static void fail(struct warm *warm, const char *path, int err)
{
	const char *why = err == -ENOSPC
				  ? "could not be disk cached: the cache is "
				    "full or cannot write (see the mount's "
				    "log); enlarge cache_size or choose less"
				  : strerror(-err);

	atomic_fetch_add(&warm->failed, 1);
	progress_say(warm->progress, stderr, "caifs: %s: %s", path, why);
}

static void on_failed(void *data, const char *path, int err)
{
	fail(data, path, err);
}

static void plan(void *data, size_t index)
{
	struct warm *warm = data;
	struct warm_part *part = warm->list.parts[index];
	int err = warm_part_plan(part,
				 warm->columns.count ? &warm->columns : NULL);

	if (err == -ENOTSUP) {
		part->state = WARM_SKIPPED;
		atomic_fetch_add(&warm->skipped, 1);
		progress_say(warm->progress, stderr,
			     "caifs: %s: skipped: not a parquet file that "
			     "caifs understands; without --columns it is "
			     "cached whole",
			     part->path);
	} else if (err) {
		part->state = WARM_FAILED;
		fail(warm, part->path, err);
	}
}

static void print_cached(struct warm *warm, const struct warm_part *part)
{
	char size[FORMAT_TEXT];

	if (warm->json || progress_is_shown(warm->progress))
		return;
	format_size(size, (double)part->wanted);
	progress_say(warm->progress, stdout, "%s: %s%s", part->path, size,
		     part->before == part->wanted ? ", was cached before" : "");
}

static void bring(void *data, size_t index)
{
	struct warm *warm = data;
	struct warm_part *part = warm->list.parts[index];
	int err;

	if (part->state != WARM_WANTED)
		return;
	err = warm_part_fill(part, &warm->counts, &warm->stop);
	if (err == -ECANCELED)
		return;
	part->state = err ? WARM_FAILED : WARM_CACHED;
	if (err)
		fail(warm, part->path, err);
	else
		print_cached(warm, part);
}

static void check(void *data, size_t index)
{
	struct warm *warm = data;
	struct warm_part *part = warm->list.parts[index];
	int err = part->state == WARM_CACHED ? warm_part_check(part) : 0;

	if (!err)
		return;
	part->state = WARM_FAILED;
	fail(warm, part->path, err);
}

/* Runs `piece` for all parts. False: stopped by a signal, or no thread started.
   Reads that have not ended LEAVE_MS after a signal go on until the process
   exits. */
static bool run_round(struct warm *warm, void (*piece)(void *, size_t))
{
	const struct thread_pool_work work = {warm->list.count, piece, warm};
	struct thread_pool *pool;
	int err = thread_pool_start(READERS, &work, &pool);

	if (err) {
		print_error("cannot start: %s", strerror(-err));
		atomic_fetch_add(&warm->failed, 1);
		return false;
	}
	while (!thread_pool_wait(pool, TICK_MS) && !is_stopped(warm))
		if (piece == bring)
			progress_show(warm->progress);
	thread_pool_stop(pool);
	if (thread_pool_wait(pool, warm->signal ? LEAVE_MS : 0))
		thread_pool_destroy(pool);
	return !is_stopped(warm);
}

/* --- Results --- */

struct sums {
	size_t cached;
	int64_t bytes, before;
};

static struct sums sum_up(const struct warm *warm)
{
	struct sums sums = {0};

	for (size_t i = 0; i < warm->list.count; i++) {
		const struct warm_part *part = warm->list.parts[i];

		if (part->state != WARM_CACHED)
			continue;
		sums.cached++;
		sums.bytes += part->wanted;
		sums.before += part->before;
	}
	return sums;
}

static void print_json(const struct warm *warm, const struct sums *sums,
		       double seconds)
{
	cJSON *root = cJSON_CreateObject();
	char *text = NULL;

	if (cJSON_AddNumberToObject(root, "parts", (double)warm->list.count) &&
	    cJSON_AddNumberToObject(root, "cached", (double)sums->cached) &&
	    cJSON_AddNumberToObject(root, "failed",
				    (double)atomic_load(&warm->failed)) &&
	    cJSON_AddNumberToObject(root, "skipped",
				    (double)atomic_load(&warm->skipped)) &&
	    cJSON_AddNumberToObject(root, "cached_bytes",
				    (double)sums->bytes) &&
	    cJSON_AddNumberToObject(root, "cached_before_bytes",
				    (double)sums->before) &&
	    cJSON_AddNumberToObject(root, "seconds", seconds) &&
	    cJSON_AddBoolToObject(root, "stopped", warm->signal != 0))
		text = cJSON_PrintUnformatted(root);
	if (text)
		puts(text);
	cJSON_free(text);
	cJSON_Delete(root);
}

static void report(const struct warm *warm)
{
	double seconds = (double)(clock_now_ms() - warm->began_ms) / 1000;
	const struct sums sums = sum_up(warm);
	char bytes[FORMAT_TEXT], before[FORMAT_TEXT], took[FORMAT_TEXT];

	if (warm->json) {
		print_json(warm, &sums, seconds);
		return;
	}
	format_size(bytes, (double)sums.bytes);
	format_size(before, (double)sums.before);
	format_duration(took, seconds);
	printf("%zu of %zu parts are disk cached: %s, of which %s were before; "
	       "took %s\n",
	       sums.cached, warm->list.count, bytes, before, took);
	if (warm->signal)
		puts("Stopped. Run it again to cache the rest.");
}

/* --- The command --- */

/* After the plan, before anything is read: 0, or 2 after it has printed what is
   wrong. */
static int check_plan(struct warm *warm)
{
	char there[4096], wanted[FORMAT_TEXT], room[FORMAT_TEXT];
	const char *unknown =
		columns_unknown(&warm->columns, there, sizeof(there));
	int64_t max = INT64_MAX;

	if (unknown && *there) {
		print_error("no part has a column '%s'; the columns are: %s",
			    unknown, there);
		return 2;
	}
	for (size_t i = 0; i < warm->list.count; i++) {
		const struct warm_part *part = warm->list.parts[i];

		warm->counts.total += part->wanted;
		if (part->max && part->max < max)
			max = part->max;
	}
	if (warm->counts.total <= max)
		return 0;
	format_size(wanted, (double)warm->counts.total);
	format_size(room, (double)max);
	print_error(
		"%s to cache, but the disk cache holds at most %s: choose less, "
		"or mount with a larger cache_size",
		wanted, room);
	return 2;
}

static int warm_up(struct warm *warm, int count, char **paths)
{
	int status;

	for (int i = 0; i < count && !is_stopped(warm); i++)
		if (warm_list_add(&warm->list, paths[i], is_stopped, on_failed,
				  warm)) {
			print_error("%s: out of memory", paths[i]);
			return 1;
		}
	if (!is_stopped(warm) && run_round(warm, plan)) {
		status = check_plan(warm);
		if (status)
			return status;
		if (run_round(warm, bring))
			run_round(warm, check);
	}
	warm->progress = progress_destroy(warm->progress);
	report(warm);
	if (warm->signal) {
		/* Threads may still be reading. */
		fflush(NULL);
		_exit(128 + warm->signal);
	}
	return atomic_load(&warm->failed) ? 1 : 0;
}

/* Checks all paths before anything is read. */
static int check_paths(int count, char **paths)
{
	int status = 0;

	for (int i = 0; i < count; i++) {
		int err = warm_list_check(paths[i]);

		/* Other errors are printed when the path is walked. */
		if (err == -EINVAL)
			status = 2;
	}
	return status;
}

static int take_columns(void *data, const char *value)
{
	struct warm *warm = data;

	switch (columns_add(&warm->columns, value)) {
	case 0:
		return 0;
	case -EINVAL:
		arguments_fail(&warm_command,
			       "--columns '%s' has an empty name", value);
		return -EINVAL;
	default:
		print_error("out of memory");
		return -EINVAL;
	}
}

static int take_json(void *data, const char *value)
{
	struct warm *warm = data;

	(void)value;
	warm->json = true;
	return 0;
}

static int warm_paths(struct warm *warm, int count, char **paths)
{
	int status = check_paths(count, paths);
	sigset_t set;

	if (status)
		return status;
	if (progress_create(&warm->counts, &warm->progress)) {
		print_error("out of memory");
		return 1;
	}
	fill_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return warm_up(warm, count, paths);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct warm warm = {.began_ms = clock_now_ms()};
	int status;

	columns_init(&warm.columns);
	status = arguments_take(command, &argc, argv, &warm);
	if (status == COMMAND_CONTINUE && argc < 2)
		status = arguments_fail(command, "needs a PATH");
	if (status == COMMAND_CONTINUE)
		status = warm_paths(&warm, argc - 1, argv + 1);
	progress_destroy(warm.progress);
	warm_list_finish(&warm.list);
	columns_finish(&warm.columns);
	return status;
}

static const struct command_option command_options[] = {
	{"--columns", "NAME[,NAME...]",
	 "only these columns, with all that is in them; may be repeated",
	 take_columns},
	{"--json", NULL, "print the result as JSON", take_json},
	{0},
};

const struct command warm_command = {
	.name = "warm",
	.synopsis = "[--columns NAME[,NAME...]] [--json] PATH...",
	.summary = "fills the disk cache of a mount",
	.about = "Fills the disk cache of a mount (cache_dir=) with datasets, "
		 "batches or parts, by reading them through the mount. Stopped "
		 "with Ctrl-C and run again, it fetches what is missing.",
	.options = command_options,
	.run = run,
};
