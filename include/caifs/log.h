#ifndef CAIFS_LOG_H
#define CAIFS_LOG_H

/*
 * The log: lines of text with a level, to stderr, a file, or syslog. Global to
 * the process.
 *
 * Log only at the edges: FUSE operations, commands, the main functions of
 * threads. A function that returns an error does not also log it. Never log a
 * header, a body, or a query string. In addition every living secret
 * (secret.h) is redacted. Control characters become '?', so that a name from a
 * server can neither forge a line nor control a terminal. A line is cut to
 * 1024 bytes.
 *
 * At most ten warnings a second are written; the next line is preceded by the
 * number of those suppressed.
 *
 * Any thread.
 */

#include <stdbool.h>
#include <stdio.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* `stream` is borrowed until another is set; NULL: nothing is written, as at
   the start. */
void log_to_stream(FILE *stream);
void log_to_syslog(void);

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* "error", "warning", "info", "debug"; -EINVAL for any other word. */
int log_level_parse(const char *word, enum log_level *ret_level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
