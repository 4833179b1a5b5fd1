#ifndef CAIFS_LOG_H
#define CAIFS_LOG_H

/*
 * The log sink, the one thing in caifs that is global: a line of text with a
 * level, to stderr, a file, or syslog.
 *
 * Only edges write to it (FUSE operations, commands, the tops of threads): a
 * function that returns an error does not also log it. A line never holds a
 * header, a body, or a query string; and as a second net every secret that
 * was made known with secret_keep() (secret.h) is redacted. Control
 * characters in a line are written as '?', so that a name from a server can
 * neither forge a line nor drive a terminal.
 *
 * Of warnings there are ten a second at the most; how many were left out is
 * said before the next line.
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

void log_to_stream(FILE *stream); /* borrowed; NULL: nowhere */
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
