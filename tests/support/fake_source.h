#ifndef CAIFS_FAKE_SOURCE_H
#define CAIFS_FAKE_SOURCE_H

/*
 * A source (source.h) in memory: what there is to list is said beforehand, the
 * bytes of every file are a function of their place. One thread of its own
 * makes all callbacks, without a lock, a step at a time: a page, a run of
 * bytes, or the end of a call. It can be held and let go by steps, told to
 * fail, and asked what was asked of it. What breaks source.h's contract ends
 * the test program.
 *
 * Any thread. Strings are copied.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caifs/source.h"

struct fake_source;

struct fake_source *fake_source_create(void);

/* Cancels what is under way and ends the thread; what is asked for from then
   on is refused. */
void fake_source_stop(struct fake_source *fake);

/* Call after fake_source_stop(), with no user left. NULL: no effect. */
void fake_source_destroy(struct fake_source *fake);

struct source *fake_source_of(struct fake_source *fake);

/* What there is --------------------------------------------------------------
 */

void fake_add_dataset(struct fake_source *fake, const char *id,
		      const char *name);
/* One that the root does not list and that answers to its ID. */
void fake_add_hidden_dataset(struct fake_source *fake, const char *id,
			     const char *name);
void fake_rename_dataset(struct fake_source *fake, const char *id,
			 const char *name);

/* `key` NULL: the id; so are `alternate_id` and `replaces` "", `client` that of
   the vendor. */
struct fake_batch {
	const char *id, *key, *alternate_id, *client, *replaces;
	int64_t created_ms, modified_ms, record_count;
};
void fake_add_batch(struct fake_source *fake, const char *dataset_id,
		    const struct fake_batch *batch);
void fake_add_part(struct fake_source *fake, const char *batch_id,
		   const char *file_id, const char *path, int64_t size);

/* A dataset, batch or part is no longer listed, nor found by its ID. */
void fake_remove(struct fake_source *fake, const char *id);

/* How it answers --------------------------------------------------------------
 */

/* What is asked for, for counts and faults: a kind of listing, or FAKE_FETCH.
 */
enum { FAKE_FETCH = SOURCE_PARTS + 1, FAKE_KINDS };

/* Records in one page; 100 at first. */
void fake_set_page_size(struct fake_source *fake, size_t records);

/* Ranges that it wants to be asked for at once; 8 at first. */
void fake_set_capacity(struct fake_source *fake, int ranges);

/* Bytes in one run, anything from `least` to `most`; 64 KiB at first. */
void fake_set_pieces(struct fake_source *fake, size_t least, size_t most);

/* The version of all files, told at the start of a fetch and again when it
   has changed meanwhile; "v1" at first. */
void fake_set_version(struct fake_source *fake, const char *version);

/* Takes steps of whichever call comes up, not of the oldest. */
void fake_shuffle(struct fake_source *fake, uint64_t seed);

/* The next listing gives a page of nonsense and restarts. */
void fake_restart_next(struct fake_source *fake);

/* The `nth` call of that kind from now on (1: the next) ends with `err` after
   `steps` of it. */
void fake_fail(struct fake_source *fake, int kind, int nth, int steps, int err);
/* It is refused: the function returns `err`. */
void fake_refuse(struct fake_source *fake, int kind, int nth, int err);
/* All calls of that kind end with `err`; 0: no longer. */
void fake_fail_all(struct fake_source *fake, int kind, int err);

/* Gates -----------------------------------------------------------------------
 */

/* No step is taken; cancelled calls end all the same. */
void fake_hold(struct fake_source *fake);
/* Takes `steps` more, and returns when they have been taken. */
void fake_step(struct fake_source *fake, int steps);
void fake_open(struct fake_source *fake);

/* Until that many calls of the kind were made since the start. */
void fake_await(struct fake_source *fake, int kind, int count);

/* Until nothing is under way. */
void fake_await_idle(struct fake_source *fake);

/* What was asked
 * ---------------------------------------------------------------- */

int fake_count(struct fake_source *fake, int kind);
int fake_count_all(struct fake_source *fake);
int fake_cancelled(struct fake_source *fake);
int fake_promoted(struct fake_source *fake);

struct fake_range {
	int64_t offset, size;
	bool prefetch;
};
/* The `index`th fetch since the start; false: there were not so many. */
bool fake_range(struct fake_source *fake, int index,
		struct fake_range *ret_range);

/* Bytes that were asked for more than once. */
int64_t fake_bytes_asked_twice(struct fake_source *fake);

/* The truth
 * --------------------------------------------------------------------- */

/* The bytes of a file in a version, never periodic. Pure. */
void fake_bytes(const char *file_id, const char *path, const char *version,
		int64_t offset, char *bytes, size_t size);

#endif
