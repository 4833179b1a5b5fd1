/* The counts of a mount: see report.h. */

#include "report.h"

#include "caifs/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <cjson/cJSON.h>

/* The counts at one moment. */
struct moment {
	struct gateway_counts platform;
	struct data_counts data;
	bool has_cache;
	struct cache_counts cache;
	int64_t up_ms;
};

static void take_counts(const struct report *report, struct moment *moment)
{
	const struct runtime *runtime = report->runtime;

	*moment = (struct moment){
		.platform = gateway_count(runtime->gateway),
		.data = data_count(runtime->data),
		.has_cache = runtime->cache != NULL,
		.up_ms = clock_wall_ms() - report->mounted_ms,
	};
	if (runtime->cache)
		moment->cache = cache_count(runtime->cache);
}

enum kind { COUNTER, GAUGE };

struct row {
	const char *group, *name;
	enum kind kind;
	double value;
	const char *help; /* with the unit */
};

enum { MAX_ROWS = 64 };

struct table {
	struct row rows[MAX_ROWS];
	size_t count;
};

static void add(struct table *t, const char *group, const char *name,
		enum kind kind, double value, const char *help)
{
	t->rows[t->count++] = (struct row){group, name, kind, value, help};
}

static void add_waits(struct table *t, const char *group,
		      const struct gateway_waits *w)
{
	add(t, group, "requests", COUNTER, (double)w->requests,
	    "Requests that ended");
	add(t, group, "queue_seconds", COUNTER, (double)w->queue_ms / 1000,
	    "Seconds they waited for a connection");
	add(t, group, "connect_seconds", COUNTER, (double)w->connect_ms / 1000,
	    "Seconds for name, TCP and TLS");
	add(t, group, "first_byte_seconds", COUNTER,
	    (double)w->first_byte_ms / 1000, "Seconds to the first byte");
	add(t, group, "body_seconds", COUNTER, (double)w->body_ms / 1000,
	    "Seconds from the first byte to the last");
}

static void add_platform(struct table *t, const struct gateway_counts *p)
{
	add(t, "platform", "requests", COUNTER, (double)p->requests,
	    "Requests sent");
	add(t, "platform", "received_bytes", COUNTER, (double)p->bytes,
	    "Bytes received");
	add(t, "platform", "retries", COUNTER, (double)p->retries,
	    "Requests sent again after a failure");
	add(t, "platform", "throttled", COUNTER, (double)p->throttled,
	    "Responses that asked for less load");
	add(t, "platform", "failed", COUNTER, (double)p->failed,
	    "Requests that failed for good");
	add(t, "platform", "concurrency_limit", GAUGE, p->limit,
	    "Most requests sent in parallel now");
	add(t, "platform", "reachable", GAUGE, !p->down,
	    "0 while it cannot be connected to");
	add(t, "token", "requests", COUNTER, (double)p->token_requests,
	    "Tokens requested");
	if (p->token_left_ms >= 0)
		add(t, "token", "expires_in_seconds", GAUGE,
		    (double)p->token_left_ms / 1000,
		    "Seconds until the token expires");
	add_waits(t, "listings", &p->listings);
	add_waits(t, "ranges", &p->ranges);
}

static void add_data(struct table *t, const struct data_counts *d)
{
	add(t, "reads", "total", COUNTER, (double)d->reads,
	    "Reads by the kernel");
	add(t, "reads", "waited", COUNTER, (double)d->parked,
	    "Times that a read had to wait");
	add(t, "reads", "demand_ranges", COUNTER, (double)d->fills,
	    "Ranges fetched for a waiting read");
	add(t, "reads", "ahead_ranges", COUNTER, (double)d->prefetches,
	    "Ranges prefetched");
	add(t, "memory", "total_bytes", GAUGE, (double)d->blocks * DATA_BLOCK,
	    "Budget for file contents");
	add(t, "memory", "used_bytes", GAUGE,
	    (double)d->blocks_used * DATA_BLOCK, "Bytes of it in use");
	add(t, "memory", "evicted_blocks", COUNTER, (double)d->evictions,
	    "Blocks evicted from memory");
	add(t, "memory", "wasted_blocks", COUNTER, (double)d->wasted,
	    "Evicted blocks that were prefetched and never read");
	add(t, "files", "known", GAUGE, (double)d->files,
	    "Parts that are open or were open recently");
}

static void add_cache(struct table *t, const struct cache_counts *c)
{
	if (c->bytes_held >= 0)
		add(t, "cache", "held_bytes", GAUGE, (double)c->bytes_held,
		    "Bytes on disk");
	add(t, "cache", "limit_bytes", GAUGE, (double)c->max_bytes,
	    "Bytes that the disk cache may use");
	add(t, "cache", "read_bytes", COUNTER, (double)c->bytes_from_disk,
	    "Bytes of parts read from the disk cache");
	add(t, "cache", "hit_pages", COUNTER, (double)c->page_hits,
	    "Pages of 4 KiB found in the disk cache");
	add(t, "cache", "missed_pages", COUNTER, (double)c->page_misses,
	    "Pages of 4 KiB fetched from the platform");
	add(t, "cache", "dropped_writes_pages", COUNTER,
	    (double)c->dropped_pages,
	    "Fetched pages not written: the disk was too slow or failed");
	add(t, "cache", "evicted_files", COUNTER, (double)c->evictions,
	    "Files evicted from the disk cache");
	add(t, "cache", "damaged", COUNTER, (double)c->damaged,
	    "Pages and files found damaged");
	add(t, "cache", "write_errors", COUNTER, (double)c->write_errors,
	    "Failed writes to the disk cache");
	add(t, "cache", "old_listings", COUNTER, (double)c->stale_listings,
	    "Listings served from the disk cache");
}

static void add_mount(struct table *t, const struct moment *moment,
		      const struct settings *settings)
{
	add(t, "mount", "up_seconds", GAUGE, (double)moment->up_ms / 1000,
	    "Seconds since it was mounted");
	add(t, "mount", "ttl_seconds", GAUGE, (double)settings->ttl_ms / 1000,
	    "Seconds that a list of datasets or batches is used");
	add(t, "mount", "offline", GAUGE,
	    settings_flag(settings, OPTION_OFFLINE),
	    "1 if mounted with offline: no requests are sent");
}

static void fill(struct table *t, const struct moment *moment,
		 const struct settings *settings)
{
	t->count = 0;
	add_mount(t, moment, settings);
	add_platform(t, &moment->platform);
	add_data(t, &moment->data);
	if (moment->has_cache)
		add_cache(t, &moment->cache);
}

/* --- JSON --- */

static cJSON *group_of(cJSON *root, const char *name)
{
	cJSON *group = cJSON_GetObjectItemCaseSensitive(root, name);

	return group ? group : cJSON_AddObjectToObject(root, name);
}

static int add_about(cJSON *root, const struct report *report)
{
	const struct settings *s = report->settings;
	cJSON *about = cJSON_AddObjectToObject(root, "about");
	char why[512];

	gateway_explain(report->runtime->gateway, why, sizeof(why));
	if (!about ||
	    !cJSON_AddStringToObject(about, "version", CAIFS_VERSION) ||
	    !cJSON_AddStringToObject(about, "mountpoint", s->mountpoint) ||
	    !cJSON_AddStringToObject(about, "endpoint",
				     settings_text(s, OPTION_ENDPOINT)) ||
	    !cJSON_AddStringToObject(about, "sandbox",
				     settings_text(s, OPTION_SANDBOX_NAME)) ||
	    !cJSON_AddStringToObject(about, "last_failure", why))
		return -ENOMEM;
	return 0;
}

static int write_json(const struct report *report, const struct table *t,
		      struct buffer *text)
{
	cJSON *root = cJSON_CreateObject();
	char *printed = NULL;
	int err = root ? add_about(root, report) : -ENOMEM;

	for (size_t i = 0; !err && i < t->count; i++) {
		const struct row *row = &t->rows[i];
		cJSON *group = group_of(root, row->group);

		if (!group ||
		    !cJSON_AddNumberToObject(group, row->name, row->value))
			err = -ENOMEM;
	}
	if (!err)
		printed = cJSON_Print(root);
	if (!printed)
		err = -ENOMEM;
	else
		err = buffer_printf(text, "%s\n", printed);
	cJSON_free(printed);
	cJSON_Delete(root);
	return err;
}

/* --- Prometheus --- */

static int write_metrics(const struct table *t, struct buffer *text)
{
	int err = 0;

	for (size_t i = 0; !err && i < t->count; i++) {
		const struct row *row = &t->rows[i];
		const char *total = row->kind == COUNTER ? "_total" : "";

		/* Not "reads_total_total". */
		if (row->kind == COUNTER && !strcmp(row->name, "total"))
			total = "";
		err = buffer_printf(text,
				    "# HELP caifs_%s_%s%s %s.\n"
				    "# TYPE caifs_%s_%s%s %s\n"
				    "caifs_%s_%s%s %.10g\n",
				    row->group, row->name, total, row->help,
				    row->group, row->name, total,
				    row->kind == COUNTER ? "counter" : "gauge",
				    row->group, row->name, total, row->value);
	}
	return err;
}

int report_write(void *data, enum mount_report form, struct buffer *text)
{
	const struct report *report = data;
	struct moment moment;
	struct table table;

	take_counts(report, &moment);
	fill(&table, &moment, report->settings);
	return form == MOUNT_REPORT_JSON ? write_json(report, &table, text)
					 : write_metrics(&table, text);
}
