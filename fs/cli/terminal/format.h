#ifndef CAIFS_CLI_FORMAT_H
#define CAIFS_CLI_FORMAT_H

/* Sizes and times as people read them. Any thread. */

enum { FORMAT_TEXT = 32 };

/* "12 MiB"; with one digit after the point where there is but one before. */
void format_size(char text[FORMAT_TEXT], double bytes);

/* "0:26", or with hours "1:02:03". */
void format_duration(char text[FORMAT_TEXT], double seconds);

#endif
