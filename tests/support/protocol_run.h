#ifndef CAIFS_TEST_PROTOCOL_RUN_H
#define CAIFS_TEST_PROTOCOL_RUN_H

/* A listing's plan without a network: a test gives it the answers, and looks at
   what it asks for and what it made of them. */

#include "listing.h"

struct protocol_run {
	struct listing listing;
	const struct list_protocol *protocol;
	/* A line for each record given: "id key alternate size replaces". */
	struct buffer given;
	int restarts;
};

/* What the plan's `first` says. */
int protocol_run_begin(struct protocol_run *run,
		       const struct list_protocol *protocol,
		       const struct platform_config *config,
		       const struct source_query *query);

/* What it says to this answer; `text` NULL: none, for `err`. */
int protocol_run_answer(struct protocol_run *run, const char *text, int err);

/* The path that it asks for. */
const char *protocol_run_path(const struct protocol_run *run);

void protocol_run_end(struct protocol_run *run);

#endif
