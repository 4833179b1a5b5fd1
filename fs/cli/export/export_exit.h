#ifndef CAIFS_CLI_EXPORT_EXIT_H
#define CAIFS_CLI_EXPORT_EXIT_H

/* What `caifs export` ends with. */
enum export_exit {
	EXPORT_EXIT_DONE = 0,
	EXPORT_EXIT_FAILED = 1, /* refused, out of reach, or the job failed */
	EXPORT_EXIT_USAGE = 2,
	EXPORT_EXIT_NOT_EVALUATED = 3, /* nothing was started */
	EXPORT_EXIT_UNKNOWN = 4,  /* it may have been started: look first */
	EXPORT_EXIT_SIGNAL = 128, /* and its number: it goes on */
};

#endif
