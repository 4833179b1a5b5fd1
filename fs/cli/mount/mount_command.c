/*
 * Mounting: assembles the layers, lists the root once, and mounts and serves
 * only if that succeeds.
 */

#include "mount_command.h"

#include "background.h"
#include "cache_place.h"
#include "caifs/clock.h"
#include "caifs/container.h"
#include "caifs/latch.h"
#include "caifs/log.h"
#include "caifs/mount.h"
#include "command/arguments.h"
#include "mountpoint.h"
#include "notify.h"
#include "privileged_mount.h"
#include "report.h"
#include "runtime/runtime.h"
#include "signals.h"

#include "caifs/print_error.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_LISTING_MS = 120 * 1000 };

/* The objects that serve a mount; each NULL until it is created. */
struct server {
	struct runtime runtime;
	struct report report;
	struct signals *signals;
	struct mount *mount;
};

static int build(struct server *server, const struct settings *s,
		 const char *mountpoint)
{
	const struct mount_config mount = {
		.mountpoint = mountpoint,
		.source = s->source ? s->source : "caifs",
		.allow_other = settings_flag(s, OPTION_ALLOW_OTHER),
		.fuse_options = s->fuse_options,
		.debug = s->debug,
		.uid = s->uid,
		.gid = s->gid,
		.umask = s->umask,
		.max_threads = s->max_threads,
		.timeout_ms = s->timeout_ms,
		.report = report_write,
		.report_data = &server->report,
	};
	struct runtime *runtime = &server->runtime;
	int err;

	server->report = (struct report){runtime, s, clock_wall_ms()};
	signals_block();
	err = runtime_build_platform(runtime, s);
	if (!err)
		err = runtime_build_cache(runtime, s);
	if (!err)
		err = runtime_build_tree(runtime, s);
	if (!err)
		err = signals_create(runtime->gateway, &server->signals);
	if (!err)
		err = mount_create(&mount, runtime->ns, runtime->data,
				   &server->mount);
	return err;
}

static void take_down(struct server *server)
{
	mount_destroy(server->mount);
	signals_destroy(server->signals);
	runtime_take_down(&server->runtime);
}

/* --- The first listing --- */

struct first_listing {
	struct waiter waiter;
	struct latch arrived;
};

static void on_listing(struct waiter *waiter)
{
	latch_open(
		&container_of(waiter, struct first_listing, waiter)->arrived);
}

/* Waits for the listing: allowed on the main thread only, before mounting. */
static int ask_for_root(struct runtime *runtime, bool *ret_empty)
{
	struct first_listing first = {.waiter.wake = on_listing};
	struct namespace_attributes attributes;
	struct namespace_listing *listing;
	const char *name;
	int result;

	latch_init(&first.arrived);
	while ((result = namespace_open_directory(runtime->ns, NAMESPACE_ROOT,
						  &first.waiter, &listing)) ==
	       NAMESPACE_PARKED) {
		if (latch_wait(&first.arrived, FIRST_LISTING_MS))
			continue;
		if (!namespace_unpark(runtime->ns, &first.waiter)) {
			/* on_listing() is about to run on `first`, which must
			   stay valid until then. */
			latch_wait(&first.arrived, FIRST_LISTING_MS);
			continue;
		}
		result = -ETIMEDOUT;
		break;
	}
	latch_finish(&first.arrived);
	if (result)
		return result;
	*ret_empty = namespace_entry(listing, 0, &name, &attributes) != 0;
	namespace_close_directory(runtime->ns, listing);
	return 0;
}

static void print_platform_error(const struct runtime *runtime,
				 const struct settings *s, int err)
{
	char why[512];

	gateway_explain(runtime->gateway, why, sizeof(why));
	print_error("%s: %s", settings_text(s, OPTION_ENDPOINT),
		    *why ? why : strerror(-err));
}

/* --- The log --- */

/* Until it is mounted, errors are printed by print_error() only. */
static int open_log(const struct settings *s, FILE **ret_file)
{
	const char *path = settings_text(s, OPTION_LOG);

	log_set_level(s->log_level);
	*ret_file = NULL;
	if (path) {
		*ret_file = fopen(path, "ae");
		if (!*ret_file) {
			print_error("log %s: %s", path, strerror(errno));
			return -EINVAL;
		}
	}
	log_to_stream(*ret_file ? *ret_file : s->debug ? stderr : NULL);
	return 0;
}

static void turn_on_log(const struct settings *s, FILE *file)
{
	if (file)
		return;
	if (s->foreground)
		log_to_stream(stderr);
	else
		log_to_syslog();
}

static void log_cache(struct cache *cache)
{
	struct cache_counts counts;

	if (!cache)
		return;
	counts = cache_count(cache);
	log_info("cache: bytes_from_disk=%" PRId64 " hits=%" PRId64
		 " misses=%" PRId64 " evictions=%" PRId64 " damaged=%" PRId64
		 " write_errors=%" PRId64 " dropped_pages=%" PRId64
		 " stale_listings=%" PRId64,
		 counts.bytes_from_disk, counts.page_hits, counts.page_misses,
		 counts.evictions, counts.damaged, counts.write_errors,
		 counts.dropped_pages, counts.stale_listings);
}

/* --- All together --- */

static int run(struct server *server, const struct settings *s, int report,
	       FILE *log)
{
	bool empty = false;
	int err = ask_for_root(&server->runtime, &empty);

	if (err) {
		print_platform_error(&server->runtime, s, err);
		return 1;
	}
	err = mount_attach(server->mount);
	if (err)
		return 1; /* libfuse has printed why */
	turn_on_log(s, log);
	log_info("mounted %s", s->mountpoint);
	if (empty)
		log_warning("the root is empty: sandbox %s has no dataset "
			    "named 'Customer AI Scores...'; show others with "
			    "dataset=ID or all_datasets",
			    settings_text(s, OPTION_SANDBOX_NAME));
	background_report(report, 0);
	if (s->foreground)
		notify("READY=1\nSTATUS=mounted");
	err = mount_serve(server->mount);
	if (s->foreground)
		notify("STOPPING=1\nSTATUS=unmounted");
	log_cache(server->runtime.cache);
	log_info("unmounted %s", s->mountpoint);
	return err ? 1 : 0;
}

/* The directory to mount at, or "/dev/fd/N" if it is mounted already. */
static int find_mountpoint(const struct settings *s, char **ret_mountpoint)
{
	const char *cache_dir = settings_text(s, OPTION_CACHE_DIR);
	bool nonempty = settings_flag(s, OPTION_NONEMPTY);
	char *path, *mounted;
	int status = 0;

	if (mountpoint_resolve(s->mountpoint, nonempty, &path))
		return 2;
	if (cache_dir && cache_place_check(cache_dir, path)) {
		free(path);
		return 2;
	}
	if (privileged_mount(s, path, &mounted))
		status = 1;
	if (status || mounted)
		free(path);
	*ret_mountpoint = mounted ? mounted : path;
	return status;
}

static int mount_with(const struct settings *s)
{
	struct server server = {0};
	int report = -1, status = 1, err;
	char *mountpoint;
	FILE *log;

	err = find_mountpoint(s, &mountpoint);
	if (err)
		return err;
	if (open_log(s, &log)) {
		free(mountpoint);
		return 2;
	}
	if (!s->foreground) {
		report = background_begin();
		if (report < 0) {
			print_error("cannot fork: %s", strerror(-report));
			free(mountpoint);
			return 1;
		}
	}
	err = build(&server, s, mountpoint);
	if (err)
		print_error("cannot start: %s", strerror(-err));
	else
		status = run(&server, s, report, log);
	if (status)
		background_report(report, status);
	take_down(&server);
	free(mountpoint);
	if (log) {
		log_to_stream(NULL);
		fclose(log);
	}
	return status;
}

/* --- The command line --- */

static int take_foreground(void *data, const char *value)
{
	struct settings *settings = data;

	(void)value;
	settings->foreground = true;
	return 0;
}

static int take_debug(void *data, const char *value)
{
	struct settings *settings = data;

	(void)value;
	settings->foreground = settings->debug = true;
	return 0;
}

const struct command_option mount_options[] = {
	{"-f", NULL, "stay in the foreground", take_foreground},
	{"-d", NULL, "-f, and trace FUSE requests on stderr", take_debug},
	{0},
};

static int prepare(const struct command *command, int argc, char **argv,
		   struct settings *settings)
{
	int status = arguments_take(command, &argc, argv, settings);

	if (status != COMMAND_CONTINUE)
		return status;
	return command_prepare(settings, SETTINGS_MOUNTPOINT, argc, argv);
}

int mount_run(const struct command *command, int argc, char **argv)
{
	struct settings settings = {0};
	int status = prepare(command, argc, argv, &settings);

	if (status == COMMAND_CONTINUE)
		status = mount_with(&settings);
	settings_finish(&settings);
	return status;
}

int mount_pretend(const struct command *command, int argc, char **argv)
{
	struct settings settings = {0};
	int status = prepare(command, argc, argv, &settings);

	settings_finish(&settings);
	return status == COMMAND_CONTINUE ? 0 : status;
}
