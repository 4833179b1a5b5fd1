/* A bar on a terminal: see progress.h. */

#include "progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "caifs/clock.h"
#include "format.h"

enum {
	USUAL_WIDTH = 80,
	MAX_WIDTH = 200,
	MIN_BAR = 8,
	/* Time constant of the rate's moving average. */
	MEMORY_MS = 5000,
	/* No rate is shown before. */
	FIRST_RATE_MS = 500,
};

struct progress {
	const struct progress_counts *counts;
	bool shown;
	int64_t began_ms, updated_ms, updated_brought;
	double rate;	      /* bytes a second; < 0: not known yet */
	pthread_mutex_t lock; /* of the terminal */
	bool drawn;	      /* guarded by lock */
};

int progress_create(const struct progress_counts *counts,
		    struct progress **ret_progress)
{
	struct progress *progress = calloc(1, sizeof(*progress));

	if (!progress)
		return -ENOMEM;
	progress->counts = counts;
	progress->shown = isatty(STDERR_FILENO);
	progress->began_ms = progress->updated_ms = clock_now_ms();
	progress->rate = -1;
	pthread_mutex_init(&progress->lock, NULL);
	*ret_progress = progress;
	return 0;
}

bool progress_is_shown(const struct progress *progress)
{
	return progress->shown;
}

static void update_rate(struct progress *progress)
{
	int64_t now_ms = clock_now_ms();
	int64_t brought = atomic_load(&progress->counts->brought);
	double ms = (double)(now_ms - progress->updated_ms), rate, weight;

	if (ms < 1 || now_ms - progress->began_ms < FIRST_RATE_MS)
		return;
	rate = 1000 * (double)(brought - progress->updated_brought) / ms;
	weight = progress->rate < 0 ? 1 : ms / (MEMORY_MS + ms);
	progress->rate = progress->rate < 0 ? rate
					    : progress->rate * (1 - weight) +
						      rate * weight;
	progress->updated_ms = now_ms;
	progress->updated_brought = brought;
}

static int width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
		return USUAL_WIDTH;
	return size.ws_col < MAX_WIDTH ? size.ws_col : MAX_WIDTH;
}

/* " 1.2 GiB of 3.4 GiB, 85 MiB/s, 0:26 left" */
static int describe(const struct progress *progress, int64_t done, char *text,
		    size_t size)
{
	char has[FORMAT_TEXT], all[FORMAT_TEXT], rate[FORMAT_TEXT],
		left[FORMAT_TEXT] = "";
	int64_t total = progress->counts->total;

	format_size(has, (double)done);
	format_size(all, (double)total);
	if (progress->rate < 0)
		return snprintf(text, size, " %s of %s", has, all);
	format_size(rate, progress->rate);
	if (progress->rate >= 1)
		format_duration(left, (double)(total - done) / progress->rate);
	return snprintf(text, size, " %s of %s, %s/s%s%s%s", has, all, rate,
			*left ? ", " : "", left, *left ? " left" : "");
}

void progress_show(struct progress *progress)
{
	int64_t total = progress->counts->total;
	int64_t done = atomic_load(&progress->counts->done);
	char text[5 * FORMAT_TEXT], bar[MAX_WIDTH + 1];
	int room, filled = 0;

	if (!progress->shown)
		return;
	update_rate(progress);
	/* Leave the last column free: a terminal may wrap after it. */
	room = width() - 1 - describe(progress, done, text, sizeof(text)) -
	       (int)sizeof("100 % []") + 1;
	if (room < MIN_BAR)
		room = 0;
	if (total > 0)
		filled = (int)((double)room * (double)done / (double)total);
	memset(bar, '.', (size_t)room);
	memset(bar, '#', (size_t)filled);
	bar[room] = '\0';
	pthread_mutex_lock(&progress->lock);
	fprintf(stderr, "\r%3d %% %s%s%s%s\033[K",
		total > 0 ? (int)(100.0 * (double)done / (double)total) : 100,
		room ? "[" : "", bar, room ? "]" : "", text);
	fflush(stderr);
	progress->drawn = true;
	pthread_mutex_unlock(&progress->lock);
}

/* With the lock held. */
static void wipe(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->drawn = false;
}

void progress_say(struct progress *progress, FILE *to, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	pthread_mutex_lock(&progress->lock);
	wipe(progress);
	vfprintf(to, format, arguments);
	fputc('\n', to);
	fflush(to);
	pthread_mutex_unlock(&progress->lock);
	va_end(arguments);
}

struct progress *progress_destroy(struct progress *progress)
{
	if (!progress)
		return NULL;
	pthread_mutex_lock(&progress->lock);
	wipe(progress);
	pthread_mutex_unlock(&progress->lock);
	pthread_mutex_destroy(&progress->lock);
	free(progress);
	return NULL;
}
