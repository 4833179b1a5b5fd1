#ifndef CAIFS_SECRET_H
#define CAIFS_SECRET_H

/*
 * Strings that must not be seen: the client secret and access tokens.
 *
 * A secret lives in memory that is locked, left out of core dumps, and wiped
 * before it is given back. While it lives, the log redacts it (log.h).
 * libcurl keeps copies of the headers it is given; those we cannot wipe, which
 * is why the process also forbids core dumps and tracing.
 *
 * Any thread. A struct secret is counted: ref shares it, unref returns NULL.
 */

#include <stddef.h>

struct secret;

/* Copies `text`; NULL when memory is short. At most SECRET_MAX bytes. */
enum { SECRET_MAX = 16384 };
struct secret *secret_keep(const char *text, size_t size);

struct secret *secret_ref(struct secret *secret);
struct secret *secret_unref(struct secret *secret); /* NULL is allowed */

/* Borrowed, NUL-terminated, lives as long as the secret. */
const char *secret_text(const struct secret *secret);

/* Overwrites every living secret found in `line`, in place, with '*'. */
void secret_redact(char *line);

/* Locks the living secrets into memory again, which fork(2) undid. */
void secret_lock_again(void);

/* May this open file hold a secret? -EPERM: it belongs to neither us nor root;
   -EACCES: others may read or write it; or why it cannot be told. */
int secret_file_check(int fd);

/* Forbids core dumps and tracing of this process. The program calls it first,
   unless it was built with CAIFS_ALLOW_PTRACE (docs/debugging.md). */
void secret_harden_process(void);

#endif
