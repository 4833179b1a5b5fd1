#ifndef CAIFS_CLI_EXPORT_EXIT_H
#define CAIFS_CLI_EXPORT_EXIT_H

/* The exit status of `caifs export`. */
enum export_exit {
	EXPORT_EXIT_DONE = 0,
	EXPORT_EXIT_FAILED = 1, /* refused, unreachable, or the job failed */
	EXPORT_EXIT_USAGE = 2,
	EXPORT_EXIT_NOT_EVALUATED = 3, /* nothing was started */
	EXPORT_EXIT_UNKNOWN = 4,  /* it is not known whether it was started */
	EXPORT_EXIT_SIGNAL = 128, /* plus the signal: the job goes on */
};

#endif
