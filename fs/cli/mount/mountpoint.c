/* The mountpoint: see mountpoint.h. */

#include "mountpoint.h"

#include "caifs/print_error.h"
#include "caifs/settings.h"

#include <dirent.h>
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* 1: it has entries; 0: it is empty; or negative errno. */
static int holds_something(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int found = 0;

	if (!directory)
		return -errno;
	while (!found && (entry = readdir(directory)))
		found = !is_dots(entry->d_name);
	closedir(directory);
	return found;
}

/* Unmounts a mount whose program has died ("Transport endpoint is not
   connected"). Nothing is lost by that. */
static void remove_dead_mount(const char *path)
{
	char name[] = "fusermount3", flags[] = "-uz", end[] = "--";
	char *const arguments[] = {name, flags, end, (char *)(uintptr_t)path,
				   NULL};
	pid_t process;

	if (posix_spawnp(&process, name, NULL, NULL, arguments, environ) == 0)
		waitpid(process, NULL, 0);
}

int mountpoint_resolve(const char *mountpoint, bool nonempty, char **ret_path)
{
	char *path;
	int found;

	if (strncmp(mountpoint, "/dev/fd/", 8) == 0) {
		*ret_path = strdup(mountpoint);
		return *ret_path ? 0 : -EINVAL;
	}
	path = realpath(mountpoint, NULL);
	if (!path) {
		print_error("%s: %s%s", mountpoint, strerror(errno),
			    errno == ENOENT ? ": make the directory first"
			    : errno == ENOTCONN
				    ? ": a mount died there: fusermount3 -uz it"
				    : "");
		return -EINVAL;
	}
	found = holds_something(path);
	if (found == -ENOTCONN) {
		remove_dead_mount(path);
		found = holds_something(path);
	}
	if (found < 0 || (found > 0 && !nonempty)) {
		if (found < 0)
			print_error("%s: %s", path, strerror(-found));
		else
			print_error("%s is not empty: choose another, or give "
				    "-o nonempty to mount over what is there",
				    path);
		free(path);
		return -EINVAL;
	}
	*ret_path = path;
	return 0;
}
