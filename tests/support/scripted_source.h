#ifndef CAIFS_TEST_SCRIPTED_SOURCE_H
#define CAIFS_TEST_SCRIPTED_SOURCE_H

/*
 * A source (source.h) without a thread: a call makes progress only when the
 * test says so, and then calls back at once. For tests of all orders of events.
 * One thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/source.h"

enum { SCRIPT_CALLS = 8 };

struct script {
	struct source source;
	int capacity;
	/* Not done, oldest first. */
	struct source_call *calls[SCRIPT_CALLS];
	size_t count;
	size_t unreleased; /* calls without source_unref() yet */
};

struct source_call {
	struct script *script;
	struct source_range range;
	struct source_fetch fetch;
	int64_t reached; /* bytes passed up */
	bool told;	 /* the current answer named its version */
	int refused;	 /* the result of `version` */
	int version;	 /* of the bytes; the test's number */
	bool cancelled, done, released;
};

void script_init(struct script *script, int connections);

/* Ends the call, which may be freed by that. */
void script_done(struct source_call *call, int err);

#endif
