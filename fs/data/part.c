/* Parts: see part.h. */

#include "part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAME_CALLER_MS = 1000, /* how long a timed-out wait counts */
	ANY_CALLER_MS = 200,
	/* Bytes of decoded footers, except those of open parts. */
	FOOTERS = 16 * 1024 * 1024,
	LOOK_AT = 4,
};

void parts_init(struct parts *parts, struct pool *pool)
{
	*parts = (struct parts){
		.by_inode.steps = pool->steps,
		.pool = pool,
	};
	list_init(&parts->footers);
}

struct data_part *parts_find(const struct parts *parts, uint64_t inode)
{
	struct tree_node *node = tree_find(&parts->by_inode, (int64_t)inode);

	return node ? container_of(node, struct data_part, by_inode) : NULL;
}

static void destroy(struct data_part *part)
{
	free(part->readers);
	free(part->version);
	free(part->file_id);
	free(part->path);
	free(part);
}

int parts_add(struct parts *parts, const struct data_identity *identity,
	      struct data_part **ret_part)
{
	struct data_part *part = calloc(1, sizeof(*part));

	if (!part)
		return -ENOMEM;
	part->references = 1;
	list_init(&part->queued);
	part->size = identity->size;
	part->file_id = strdup(identity->file_id);
	part->path = strdup(identity->path);
	if (!part->file_id || !part->path) {
		destroy(part);
		return -ENOMEM;
	}
	tree_insert(&parts->by_inode, &part->by_inode,
		    (int64_t)identity->inode);
	parts->count++;
	*ret_part = part;
	return 0;
}

void parts_unref(struct parts *parts, struct data_part *part)
{
	if (--part->references > 0)
		return;
	part_drop_extents(parts, part);
	part_drop_footer(parts, part);
	tree_remove(&parts->by_inode, &part->by_inode);
	parts->count--;
	destroy(part);
}

void parts_finish(struct parts *parts)
{
	struct tree_node *node;

	while ((node = tree_first(&parts->by_inode))) {
		struct data_part *part =
			container_of(node, struct data_part, by_inode);

		part->references = 1;
		parts_unref(parts, part);
	}
}

int part_prepare(struct parts *parts, struct data_part *part)
{
	if (!part->extents)
		part->extents =
			extents_create(part->size, parts->by_inode.steps);
	if (!part->readers)
		part->readers = calloc(1, sizeof(*part->readers));
	return part->extents && part->readers ? 0 : -ENOMEM;
}

static size_t footer_size(const struct parquet_state *parquet)
{
	return parquet->footer->count * sizeof(parquet->footer->chunks[0]);
}

void part_keep_footer(struct parts *parts, struct data_part *part)
{
	list_append(&parts->footers, &part->parquet.in_footers);
	parts->footer_bytes += footer_size(&part->parquet);
	for (int i = 0; i < LOOK_AT && parts->footer_bytes > FOOTERS; i++) {
		struct list_node *node = list_head(&parts->footers);
		struct data_part *oldest = container_of(node, struct data_part,
							parquet.in_footers);

		list_remove(&parts->footers, node);
		list_append(&parts->footers, node);
		if (oldest->opens == 0)
			part_drop_footer(parts, oldest);
	}
}

void part_drop_footer(struct parts *parts, struct data_part *part)
{
	struct parquet_state *parquet = &part->parquet;

	if (list_has(&parquet->in_footers)) {
		list_remove(&parts->footers, &parquet->in_footers);
		parts->footer_bytes -= footer_size(parquet);
	}
	free(parquet->footer);
	free(parquet->columns);
	*parquet = (struct parquet_state){.state = PARQUET_UNKNOWN};
}

void part_end_reading(struct parts *parts, struct data_part *part,
		      int64_t now_ms)
{
	part->read_ms = now_ms;
	part->round++;
	part->want_count = 0;
	part->listed = part->streaming = false;
	part->fetched_ahead = 0;
	free(part->readers);
	part->readers = NULL;
	if (part->extents)
		pool_demote_ahead(parts->pool, part->extents);
	if (part->extents && !part->extents->block_count)
		part_drop_extents(parts, part);
	if (part->parquet.state == PARQUET_READY)
		column_prefetch_forget_readers(part->parquet.columns);
	part->parquet.siblings_in_row = 0;
}

void part_drop_extents(struct parts *parts, struct data_part *part)
{
	if (part->extents)
		pool_orphan(parts->pool, part->extents);
	part->extents = NULL;
	part->fetched_ahead = 0;
}

/* --- Versions --- */

static enum version_check set_changed(struct parts *parts,
				      struct data_part *part)
{
	part->error = -ESTALE;
	part_drop_extents(parts, part);
	return VERSION_CHANGED;
}

/* The first version that an answer names. Bytes that came without one may be of
   another: once some were handed out, the part counts as changed. */
static enum version_check learn(struct parts *parts, struct data_part *part,
				const char *version)
{
	if (part->unversioned_served)
		return set_changed(parts, part);
	part->version = strdup(version);
	if (!part->version)
		return VERSION_NO_MEMORY;
	if (!part->unversioned)
		return VERSION_ACCEPTED;
	part->unversioned = false;
	part_drop_extents(parts, part);
	return VERSION_LEARNED;
}

enum version_check part_check_version(struct parts *parts,
				      struct data_part *part,
				      struct extents *extents,
				      const char *version)
{
	if (part->error)
		return VERSION_CHANGED;
	if (!*version && !part->version) {
		extents->unversioned = part->unversioned = true;
		return VERSION_ACCEPTED;
	}
	if (!*version)
		return VERSION_MISSING;
	if (!part->version)
		return learn(parts, part, version);
	if (strcmp(part->version, version) != 0)
		return set_changed(parts, part);
	/* These extents are older than the version. */
	return extents->unversioned ? VERSION_LEARNED : VERSION_ACCEPTED;
}

/* --- Timed-out waits --- */

void part_note_timeout(struct data_part *part, uint64_t caller, int64_t start,
		       int64_t end, int64_t now_ms)
{
	struct readers *readers = part->readers;

	if (readers)
		readers->timed_out[readers->timed_out_next++ %
				   PART_TIMED_OUT_WAITS] =
			(struct timed_out_wait){caller, start, end, now_ms};
}

bool part_timed_out_recently(const struct data_part *part, uint64_t caller,
			     int64_t offset, int64_t now_ms)
{
	for (size_t i = 0; part->readers && i < PART_TIMED_OUT_WAITS; i++) {
		const struct timed_out_wait *wait =
			&part->readers->timed_out[i];
		bool same = caller && wait->caller == caller;

		if (wait->ended_ms && offset >= wait->start &&
		    offset < wait->end &&
		    now_ms - wait->ended_ms <
			    (same ? SAME_CALLER_MS : ANY_CALLER_MS))
			return true;
	}
	return false;
}
