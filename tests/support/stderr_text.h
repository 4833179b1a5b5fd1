#ifndef CAIFS_TEST_STDERR_TEXT_H
#define CAIFS_TEST_STDERR_TEXT_H

/*
 * What is written to stderr, or to stdout, kept for the test to read. Between
 * begin and end no assertion may fail, for its message would not be seen. Main
 * thread.
 */

void stderr_text_begin(void);

/* What was written since; valid until the next begin. */
const char *stderr_text_end(void);

/* The same for stdout. */
void stdout_text_begin(void);
const char *stdout_text_end(void);

/* Asserts that `line` is one line that begins with "caifs: " and in which each
   of the words is, up to NULL. */
void assert_one_line(const char *line, ...) __attribute__((sentinel));

#endif
