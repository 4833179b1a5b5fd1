/* Is the caller dying? See caller.h. */

#include "caller.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

bool caller_is_dying(pid_t thread)
{
	const unsigned long long kill_bit = 1ULL << (SIGKILL - 1);
	unsigned long long pending = 0;
	char path[64], line[256];
	bool known = false;
	FILE *status;

	if (thread == 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)thread);
	status = fopen(path, "re");
	if (!status)
		return true;
	while (!known && fgets(line, sizeof(line), status))
		known = sscanf(line, "SigPnd: %llx", &pending) == 1;
	fclose(status);
	return !known || (pending & kill_bit);
}
