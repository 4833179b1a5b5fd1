#ifndef CAIFS_CLI_FORMAT_H
#define CAIFS_CLI_FORMAT_H

/* Sizes and durations as text for people. Any thread. */

enum { FORMAT_TEXT = 32 };

/* "12 MiB", or with one decimal below ten: "1.2 MiB". */
void format_size(char text[FORMAT_TEXT], double bytes);

/* "0:26", or with hours "1:02:03". */
void format_duration(char text[FORMAT_TEXT], double seconds);

#endif
