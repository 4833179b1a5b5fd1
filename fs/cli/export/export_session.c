/* One run of `caifs export`: see export_session.h. */

#include "export_session.h"

#include "caifs/print_error.h"

#include <errno.h>

int export_session_fail(const struct export_session *session, int err,
			const char *what)
{
	if (err == -EINTR) {
		print_error("export: stopped");
		return EXPORT_EXIT_SIGNAL + session->interrupt.signal;
	}
	print_error("export: %s: %s", what, export_why(session->export));
	switch (err) {
	case -EINVAL:
		return EXPORT_EXIT_USAGE;
	case -EINPROGRESS:
		return EXPORT_EXIT_UNKNOWN;
	default:
		return EXPORT_EXIT_FAILED;
	}
}
