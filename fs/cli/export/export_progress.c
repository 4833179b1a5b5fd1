/* The progress of a job: see export_progress.h. */

#include "export_progress.h"

#include "caifs/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_MS = 5 * 60 * 1000 };

void export_progress_begin(struct export_progress *p, bool quiet)
{
	*p = (struct export_progress){
		.quiet = quiet,
		.terminal = isatty(STDERR_FILENO),
		.begun_ms = clock_now_ms(),
		.profiles = -1,
	};
}

static void draw(const struct export_progress *p, const struct export_job *job)
{
	int64_t seconds = (clock_now_ms() - p->begun_ms) / 1000;

	fprintf(stderr, "%s  %s  ", job->id.text, job->status);
	if (seconds >= 3600)
		fprintf(stderr, "%" PRId64 " h ", seconds / 3600);
	fprintf(stderr, "%" PRId64 " min %" PRId64 " s", seconds / 60 % 60,
		seconds % 60);
	if (job->profiles >= 0)
		fprintf(stderr, "  %" PRId64 " profiles", job->profiles);
}

void export_progress_show(struct export_progress *p,
			  const struct export_job *job)
{
	int64_t now_ms = clock_now_ms();
	bool changed = !p->drawn || strcmp(p->status, job->status) != 0 ||
		       p->profiles != job->profiles;

	if (p->quiet)
		return;
	if (p->terminal) {
		fputs("\r\033[K", stderr);
		draw(p, job);
	} else if (changed || now_ms - p->printed_ms >= QUIET_MS) {
		draw(p, job);
		fputc('\n', stderr);
		p->printed_ms = now_ms;
	}
	fflush(stderr);
	p->drawn = true;
	strcpy(p->status, job->status);
	p->profiles = job->profiles;
}

void export_progress_end(struct export_progress *p)
{
	if (p->terminal && p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
