#ifndef CAIFS_CLI_PROGRESS_H
#define CAIFS_CLI_PROGRESS_H

/*
 * A progress bar with rate and time left, on stderr if that is a terminal, else
 * nothing. Print lines through progress_say() meanwhile, so that they and the
 * bar do not mix.
 *
 * progress_say() and the counts: any thread. Everything else: one thread.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress;

/* In bytes. `total` must be set before the first progress_show(). */
struct progress_counts {
	int64_t total;
	_Atomic int64_t done; /* of `total` */
	_Atomic int64_t
		brought; /* of `done`, transferred: counts for the rate */
};

/* `counts` is borrowed until progress_destroy(). 0 or -ENOMEM. */
int progress_create(const struct progress_counts *counts,
		    struct progress **ret_progress);

/* False: there is no bar; print lines instead. */
bool progress_is_shown(const struct progress *progress);

/* Draws the bar; call it regularly. */
void progress_show(struct progress *progress);

/* Prints a line on `to`, stdout or stderr. */
void progress_say(struct progress *progress, FILE *to, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Removes the bar. NULL: no effect. Returns NULL. */
struct progress *progress_destroy(struct progress *progress);

#endif
