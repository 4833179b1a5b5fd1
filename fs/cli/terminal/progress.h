#ifndef CAIFS_CLI_PROGRESS_H
#define CAIFS_CLI_PROGRESS_H

/*
 * How far a command has come: a bar with rate and time left on stderr, where
 * that is a terminal, and nothing elsewhere. What is said meanwhile is said
 * through it, so that a line and the bar do not mix.
 *
 * progress_show() and the rest of its life: one thread. Counting and saying:
 * any.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress;

/* Both grow meanwhile. `total` is known when it begins. */
struct progress_counts {
	int64_t total;		 /* bytes */
	_Atomic int64_t done;	 /* of them */
	_Atomic int64_t brought; /* of these, what took its time */
};

/* `counts` is borrowed. 0 or -ENOMEM. */
int progress_create(const struct progress_counts *counts,
		    struct progress **ret_progress);

/* False: nothing is shown, and lines should say it. */
bool progress_is_shown(const struct progress *progress);

/* From time to time. */
void progress_show(struct progress *progress);

/* A line, on stdout or stderr. */
void progress_say(struct progress *progress, FILE *to, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The bar is wiped away. NULL is allowed. Returns NULL. */
struct progress *progress_destroy(struct progress *progress);

#endif
