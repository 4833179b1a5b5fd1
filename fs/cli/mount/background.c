/* Going to the background: see background.h. */

#include "background.h"

#include "caifs/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The status that the child reports; 1: it ended without a report. After a
   failure, waits until the child has exited. */
static int wait_for_report(int pipe, pid_t child)
{
	unsigned char status;
	ssize_t got;

	do
		got = read(pipe, &status, 1);
	while (got < 0 && errno == EINTR);
	if (got != 1)
		status = 1;
	if (status != 0)
		waitpid(child, NULL, 0);
	return status;
}

int background_begin(void)
{
	int pipes[2];
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child < 0) {
		int err = -errno;

		close(pipes[0]);
		close(pipes[1]);
		return err;
	}
	if (child > 0) {
		close(pipes[1]);
		_exit(wait_for_report(pipes[0], child));
	}
	close(pipes[0]);
	secret_lock_again();
	return pipes[1];
}

void background_report(int report, int status)
{
	unsigned char byte = (unsigned char)status;
	int null;

	if (report < 0)
		return;
	if (status == 0) {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null >= 0) {
			dup2(null, STDIN_FILENO);
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
			close(null);
		}
		if (chdir("/") < 0)
			byte = 1;
		setsid();
	}
	while (write(report, &byte, 1) < 0 && errno == EINTR)
		;
	close(report);
}
