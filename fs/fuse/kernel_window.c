/* The kernel's read-ahead: see kernel_window.h. proc(5), mountinfo. */

#include "kernel_window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Undoes what the kernel does to blanks and backslashes in a path: \ooo. */
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

/* "MAJOR:MINOR" of what was mounted there last. */
static bool find_device(const char *mountpoint, char device[32])
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *path;
	size_t room = 0;
	bool found = false;

	if (!mounts)
		return false;
	while (getline(&line, &room, mounts) > 0) {
		char number[32];

		if (sscanf(line, "%*d %*d %31s %*s %ms", number, &path) != 2)
			continue;
		unescape(path);
		if (strcmp(path, mountpoint) == 0) {
			strcpy(device, number);
			found = true;
		}
		free(path);
	}
	free(line);
	fclose(mounts);
	return found;
}

bool kernel_window_set(const char *mountpoint, unsigned kib)
{
	char path[96], device[32];
	FILE *window;
	bool set;

	if (!find_device(mountpoint, device))
		return false;
	snprintf(path, sizeof(path), "/sys/class/bdi/%s/read_ahead_kb", device);
	window = fopen(path, "we");
	if (!window)
		return false;
	set = fprintf(window, "%u\n", kib) > 0;
	return fclose(window) == 0 && set;
}
