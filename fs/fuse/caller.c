/* Callers of requests: see caller.h. */

#include "caller.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads the number, in that base, after `name` in /proc/THREAD/status. False:
   the thread is not visible. */
static bool read_status(pid_t thread, const char *name, int base,
			unsigned long long *ret_value)
{
	const size_t length = strlen(name);
	char path[64], line[256];
	bool known = false;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)thread);
	status = fopen(path, "re");
	if (!status)
		return false;
	while (!known && fgets(line, sizeof(line), status)) {
		known = strncmp(line, name, length) == 0;
		if (known)
			*ret_value = strtoull(line + length, NULL, base);
	}
	fclose(status);
	return known;
}

bool caller_is_dying(pid_t thread)
{
	const unsigned long long kill_bit = 1ULL << (SIGKILL - 1);
	unsigned long long pending;

	return thread == 0 || !read_status(thread, "SigPnd:", 16, &pending) ||
	       (pending & kill_bit);
}

pid_t caller_process(pid_t thread)
{
	unsigned long long process;

	if (thread == 0 || !read_status(thread, "Tgid:", 10, &process))
		return thread;
	return (pid_t)process;
}
