/* Mounts of caifs: see mounts.h. The format is in proc(5). */

#include "mounts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* Decodes the kernel's \ooo escapes. */
static void unescape(char *path)
{
	char *to = path;

	for (char *at = path; *at; to++) {
		unsigned byte;

		if (at[0] == '\\' && sscanf(at + 1, "%3o", &byte) == 1) {
			*to = (char)byte;
			at += 4;
		} else {
			*to = *at++;
		}
	}
	*to = '\0';
}

/* Whether a line of mountinfo is a mount of caifs. */
static bool is_caifs(const char *line)
{
	const char *type = strstr(line, " - ");

	return type && strncmp(type, " - fuse.caifs ", 14) == 0;
}

/* The mountpoint; NULL: not a mount of caifs. */
static char *path_of(const char *line)
{
	char *path;

	if (!is_caifs(line) || sscanf(line, "%*d %*d %*s %*s %ms", &path) != 1)
		return NULL;
	unescape(path);
	return path;
}

static int add(char ***paths, size_t *count, char *path)
{
	char **more = reallocarray(*paths, *count + 2, sizeof(char *));

	if (!more)
		return -ENOMEM;
	more[(*count)++] = path;
	more[*count] = NULL;
	*paths = more;
	return 0;
}

int mounts_find(char ***ret_paths)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char **paths = calloc(1, sizeof(char *)), *line = NULL, *path;
	size_t count = 0, room = 0;
	int err = paths ? 0 : -ENOMEM;

	if (!mounts) {
		free(paths);
		return -errno;
	}
	while (!err && getline(&line, &room, mounts) > 0) {
		path = path_of(line);
		if (path)
			err = add(&paths, &count, path);
	}
	free(line);
	fclose(mounts);
	if (err)
		mounts_free(paths);
	else
		*ret_paths = paths;
	return err;
}

int mounts_has(dev_t device)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;
	int found = 0;

	if (!mounts)
		return -errno;
	while (!found && getline(&line, &room, mounts) > 0) {
		unsigned high, low;

		found = is_caifs(line) &&
			sscanf(line, "%*d %*d %u:%u", &high, &low) == 2 &&
			makedev(high, low) == device;
	}
	free(line);
	fclose(mounts);
	return found;
}

void mounts_free(char **paths)
{
	for (size_t i = 0; paths && paths[i]; i++)
		free(paths[i]);
	free(paths);
}

static bool lies_in(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

char *mounts_holding(const char *path)
{
	char *real = realpath(path, NULL), *best = NULL;
	char **mounts = NULL;

	if (!real || mounts_find(&mounts)) {
		free(real);
		return NULL;
	}
	for (size_t i = 0; mounts[i]; i++)
		if (lies_in(real, mounts[i]) &&
		    (!best || strlen(mounts[i]) > strlen(best)))
			best = mounts[i];
	best = best ? strdup(best) : NULL;
	mounts_free(mounts);
	free(real);
	return best;
}
