/* A folder and an empty environment for a test: see scratch.h. */

#include "scratch.h"

#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATHS = 16 };

static char folder[256], paths[PATHS][512];
static size_t used;

static void need(bool done)
{
	if (!done)
		abort();
}

int scratch_begin(void **state)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/caifs-test-XXXXXX",
		 tmp ? tmp : "/tmp");
	need(mkdtemp(folder));
	/* clearenv(3) would take what the sanitizers are told, too. */
	for (char **at = environ; *at;) {
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(*at, "="),
			 *at);
		if (strncmp(name, "CAIFS_", 6) != 0 &&
		    strcmp(name, "CREDENTIALS_DIRECTORY") != 0)
			at++;
		else
			need(unsetenv(name) == 0);
	}
	need(setenv("HOME", folder, 1) == 0);
	need(setenv("XDG_CONFIG_HOME", folder, 1) == 0);
	used = 0;
	*state = folder;
	return 0;
}

static int discard(const char *path, const struct stat *info, int type,
		   struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

int scratch_end(void **state)
{
	return nftw(*state, discard, 8, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_bytes(void **state, const char *name, const void *bytes,
			  size_t size, mode_t mode)
{
	char *path = paths[used];
	int fd;

	need(used++ < PATHS);
	snprintf(path, sizeof(paths[0]), "%s/%s", (char *)*state, name);
	for (char *slash = path + strlen(*state) + 1;
	     (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		need(mkdir(path, 0700) == 0 || errno == EEXIST);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(fd >= 0 && write(fd, bytes, size) == (ssize_t)size &&
	     fchmod(fd, mode) == 0);
	close(fd);
	return path;
}

const char *scratch_file(void **state, const char *name, const char *content,
			 mode_t mode)
{
	return scratch_bytes(state, name, content, strlen(content), mode);
}
