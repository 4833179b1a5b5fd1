#ifndef CAIFS_TEST_SCRIPTED_SOURCE_H
#define CAIFS_TEST_SCRIPTED_SOURCE_H

/*
 * A source (source.h) without a thread: nothing happens to what was asked of it
 * until the test says so, which then calls back from within. For tests that go
 * through orders of events. One thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "caifs/source.h"

enum { SCRIPT_CALLS = 8 };

struct script {
	struct source source;
	int capacity;
	/* Those that are not done, oldest first. */
	struct source_call *calls[SCRIPT_CALLS];
	size_t count;
	size_t unreleased; /* that the asker has not let go of */
};

struct source_call {
	struct script *script;
	struct source_range range;
	struct source_fetch fetch;
	int64_t reached; /* bytes that were given */
	bool told;	 /* a version, by the answer under way */
	int refused;	 /* what its version was answered with */
	int version;	 /* the test's */
	bool cancelled, done, released;
};

void script_init(struct script *script, int connections);

/* Ends the call; it may be gone afterwards. */
void script_done(struct source_call *call, int err);

#endif
