/*
 * Secrets: see secret.h. The living ones are in a list, so that the log can
 * redact them; `registry_lock` guards the list and the counts.
 */

#include "caifs/secret.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utlist.h>

struct secret {
	struct secret *prev, *next; /* guarded by registry_lock */
	size_t references;	    /* guarded by registry_lock */
	size_t mapped;
	size_t size;
	char text[];
};

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct secret *registry;

/* Redacting shorter secrets would damage ordinary words. */
enum { REDACT_MIN = 6 };

struct secret *secret_keep(const char *text, size_t size)
{
	size_t mapped = (sizeof(struct secret) + size + 1 + 4095) & ~4095UL;
	struct secret *secret;

	if (size > SECRET_MAX)
		return NULL;
	secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		return NULL;
	/* Best effort: both may fail, mlock() when RLIMIT_MEMLOCK is 0. */
	mlock(secret, mapped);
	madvise(secret, mapped, MADV_DONTDUMP);

	secret->references = 1;
	secret->mapped = mapped;
	secret->size = size;
	memcpy(secret->text, text, size);
	secret->text[size] = '\0';

	pthread_mutex_lock(&registry_lock);
	DL_APPEND(registry, secret);
	pthread_mutex_unlock(&registry_lock);
	return secret;
}

struct secret *secret_ref(struct secret *secret)
{
	pthread_mutex_lock(&registry_lock);
	secret->references++;
	pthread_mutex_unlock(&registry_lock);
	return secret;
}

struct secret *secret_unref(struct secret *secret)
{
	if (!secret)
		return NULL;
	pthread_mutex_lock(&registry_lock);
	if (--secret->references == 0)
		DL_DELETE(registry, secret);
	else
		secret = NULL;
	pthread_mutex_unlock(&registry_lock);
	if (secret) {
		size_t mapped = secret->mapped;

		explicit_bzero(secret, mapped);
		munmap(secret, mapped);
	}
	return NULL;
}

const char *secret_text(const struct secret *secret)
{
	return secret->text;
}

/* `to` began as a copy of `line`: overwrites in it each occurrence of `secret`
   in `line`. Searching the unchanged `line` finds overlapping ones too. */
static void redact_one(const struct secret *secret, const char *line, char *to)
{
	const char *found = line;

	while ((found = strstr(found, secret->text))) {
		memset(to + (found - line), '*', secret->size);
		found++;
	}
}

void secret_redact(char *line)
{
	char *original = strdup(line);
	struct secret *secret;

	if (!original) {
		memset(line, '*', strlen(line));
		return;
	}
	pthread_mutex_lock(&registry_lock);
	DL_FOREACH (registry, secret)
		if (secret->size >= REDACT_MIN)
			redact_one(secret, original, line);
	pthread_mutex_unlock(&registry_lock);
	explicit_bzero(original, strlen(original));
	free(original);
}

void secret_lock_again(void)
{
	struct secret *secret;

	pthread_mutex_lock(&registry_lock);
	DL_FOREACH (registry, secret)
		mlock(secret, secret->mapped);
	pthread_mutex_unlock(&registry_lock);
}

int secret_file_check(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return -errno;
	if (stat.st_uid != geteuid() && stat.st_uid != 0)
		return -EPERM;
	return stat.st_mode & (S_IRWXG | S_IRWXO) ? -EACCES : 0;
}

void secret_harden_process(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}
