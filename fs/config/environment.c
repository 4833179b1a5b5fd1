/* Options from the environment: see environment.h. */

#include "environment.h"

#include "caifs/print_error.h"
#include "caifs/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int take_variables(struct settings *settings)
{
	for (int id = 0; id < OPTION_COUNT; id++) {
		const char *name = options[id].environment;
		char *value = name ? getenv(name) : NULL;

		if (!value || !*value)
			continue;
		if (settings_offer(settings, (enum option_id)id, value))
			return -ENOMEM;
		if (options[id].secret) {
			/* No child process needs it. */
			explicit_bzero(value, strlen(value));
			unsetenv(name);
		}
	}
	return 0;
}

/* Reads a whole file; cuts off newlines at its end. -EFBIG: too long. */
static int read_secret(int fd, char *text, size_t room)
{
	size_t size = 0;
	ssize_t got;

	while ((got = read(fd, text + size, room - size)) > 0)
		size += (size_t)got;
	if (got < 0)
		return -errno;
	if (size == room)
		return -EFBIG;
	if (memchr(text, '\0', size))
		return -EINVAL; /* it would be cut short there */
	while (size && (text[size - 1] == '\n' || text[size - 1] == '\r'))
		size--;
	text[size] = '\0';
	return 0;
}

static int take_credential(struct settings *settings, enum option_id id,
			   const char *directory)
{
	char text[SECRET_MAX], *path;
	int err, fd;

	if (asprintf(&path, "%s/%s", directory, options[id].name) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err = errno == ENOENT ? 0 : -errno;
	} else {
		err = read_secret(fd, text, sizeof(text));
		close(fd);
		if (!err && *text)
			err = settings_offer(settings, id, text);
		explicit_bzero(text, sizeof(text));
	}
	if (err)
		print_error("%s: %s", path, strerror(-err));
	free(path);
	return err ? -EINVAL : 0;
}

int environment_read(struct settings *settings)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	int err = 0;

	if (take_variables(settings)) {
		print_error("out of memory");
		return -EINVAL;
	}
	for (int id = 0; directory && *directory && !err && id < OPTION_COUNT;
	     id++)
		if (options[id].secret)
			err = take_credential(settings, (enum option_id)id,
					      directory);
	return err ? -EINVAL : 0;
}

bool environment_keeps(const char *path)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	size_t length = directory ? strlen(directory) : 0;

	return length > 1 && strncmp(path, directory, length) == 0 &&
	       path[length] == '/' && !strstr(path + length, "/../");
}
