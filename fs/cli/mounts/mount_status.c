/* The status of a mount: see mount_status.h. */

#include "mount_status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STATUS_MAX = 1024 * 1024 };

/* Reads the file, up to STATUS_MAX bytes. */
static int read_all(int fd, char *text)
{
	size_t size = 0;
	ssize_t got = 0;

	while (size < STATUS_MAX &&
	       (got = read(fd, text + size, STATUS_MAX - size)) > 0)
		size += (size_t)got;
	text[size] = '\0';
	return got < 0 ? -errno : 0;
}

int mount_status_read(const char *mount, char **ret_text)
{
	char *path, *text = malloc(STATUS_MAX + 1);
	int fd, err;

	if (!text || asprintf(&path, "%s/.caifs/status.json", mount) < 0) {
		free(text);
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : read_all(fd, text);
	if (fd >= 0)
		close(fd);
	free(path);
	if (err)
		free(text);
	else
		*ret_text = text;
	return err;
}
