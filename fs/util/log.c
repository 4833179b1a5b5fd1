/* The log sink: see log.h. */

#include "caifs/log.h"

#include "caifs/clock.h"
#include "caifs/secret.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

enum { LINE_MAX_SIZE = 1024, WARNINGS_A_SECOND = 10 };

static struct {
	pthread_mutex_t lock; /* one line at a time */
	FILE *stream;
	bool to_syslog;
	int64_t second_ms;	  /* when this second began */
	unsigned warnings;	  /* written in this second */
	unsigned long suppressed; /* not yet reported */
	_Atomic int level;
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_LEVEL_INFO};

static const struct {
	const char *word;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LEVEL_INFO] = {"info", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

static void set_sink(FILE *stream, bool to_syslog)
{
	pthread_mutex_lock(&sink.lock);
	sink.stream = stream;
	sink.to_syslog = to_syslog;
	pthread_mutex_unlock(&sink.lock);
}

void log_to_stream(FILE *stream)
{
	set_sink(stream, false);
}

void log_to_syslog(void)
{
	openlog("caifs", LOG_PID, LOG_DAEMON);
	set_sink(NULL, true);
}

void log_set_level(enum log_level level)
{
	atomic_store(&sink.level, (int)level);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load(&sink.level);
}

int log_level_parse(const char *word, enum log_level *ret_level)
{
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
		if (!strcmp(word, levels[i].word)) {
			*ret_level = (enum log_level)i;
			return 0;
		}
	return -EINVAL;
}

static void write_stream(enum log_level level, const char *line)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&now, &tm));
	fprintf(sink.stream, "%s %s: %s\n", stamp, levels[level].word, line);
	fflush(sink.stream);
}

static void write_line(enum log_level level, const char *line)
{
	if (sink.stream)
		write_stream(level, line);
	else if (sink.to_syslog)
		syslog(levels[level].priority, "%s", line);
}

/* While the platform is down every operation fails; do not log each. */
static bool is_over_limit(enum log_level level)
{
	int64_t now_ms = clock_now_ms();

	if (level != LOG_LEVEL_WARNING)
		return false;
	if (now_ms - sink.second_ms >= 1000) {
		sink.second_ms = now_ms;
		sink.warnings = 0;
	}
	if (sink.warnings < WARNINGS_A_SECOND) {
		sink.warnings++;
		return false;
	}
	sink.suppressed++;
	return true;
}

static void report_suppressed(void)
{
	char line[64];

	if (!sink.suppressed)
		return;
	snprintf(line, sizeof(line), "%lu warnings suppressed",
		 sink.suppressed);
	sink.suppressed = 0;
	write_line(LOG_LEVEL_WARNING, line);
}

static void vlog(enum log_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void vlog(enum log_level level, const char *format, va_list args)
{
	char *line;

	if ((int)level > atomic_load(&sink.level))
		return;
	/* Redact before cutting, or the first bytes of a secret would stay. */
	if (vasprintf(&line, format, args) < 0)
		return;
	secret_redact(line);
	if (strlen(line) > LINE_MAX_SIZE)
		line[LINE_MAX_SIZE] = '\0';
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';

	pthread_mutex_lock(&sink.lock);
	if (!is_over_limit(level)) {
		report_suppressed();
		write_line(level, line);
	}
	pthread_mutex_unlock(&sink.lock);
	free(line);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vlog(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
