#ifndef CAIFS_TEST_PROTOCOL_RUN_H
#define CAIFS_TEST_PROTOCOL_RUN_H

/* Runs a list protocol without a network: a test gives it answers, and checks
   its requests and records. */

#include "listing.h"

struct protocol_run {
	struct listing listing;
	const struct list_protocol *protocol;
	/* A line for each record given: "id key alternate size replaces". */
	struct buffer given;
	int restarts;
};

/* Returns what the protocol's `first` returned. */
int protocol_run_begin(struct protocol_run *run,
		       const struct list_protocol *protocol,
		       const struct platform_config *config,
		       const struct source_query *query);

/* Returns what the protocol's `answer` returned. `text` NULL: no answer, for
   `err`. */
int protocol_run_answer(struct protocol_run *run, const char *text, int err);

/* The path of its next request; borrowed. */
const char *protocol_run_path(const struct protocol_run *run);

void protocol_run_end(struct protocol_run *run);

#endif
