#ifndef CAIFS_CLI_UNITS_H
#define CAIFS_CLI_UNITS_H

/* Sizes and times as people read them. Any thread. */

enum { UNITS_TEXT = 32 };

/* "12 MiB"; with one digit after the point where there is but one before. */
void units_size(char text[UNITS_TEXT], double bytes);

/* "0:26", or with hours "1:02:03". */
void units_duration(char text[UNITS_TEXT], double seconds);

#endif
