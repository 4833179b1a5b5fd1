#ifndef CAIFS_TEST_PLAN_H
#define CAIFS_TEST_PLAN_H

/* A listing's plan without a network: a test gives it the answers, and looks at
   what it asks for and what it made of them. */

#include "listing.h"

struct plan_run {
	struct listing listing;
	const struct listing_plan *plan;
	/* A line for each record given: "id key alternate size replaces". */
	struct buffer given;
	int restarts;
};

/* What the plan's `first` says. */
int plan_begin(struct plan_run *run, const struct listing_plan *plan,
	       const struct platform_config *config,
	       const struct source_query *query);

/* What it says to this answer; `text` NULL: none, for `err`. */
int plan_answer(struct plan_run *run, const char *text, int err);

/* The path that it asks for. */
const char *plan_path(const struct plan_run *run);

void plan_end(struct plan_run *run);

#endif
