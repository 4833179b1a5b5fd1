#ifndef CAIFS_SECRET_H
#define CAIFS_SECRET_H

/*
 * The client secret and access tokens.
 *
 * A secret is in memory that is locked if RLIMIT_MEMLOCK permits, excluded from
 * core dumps, and wiped before it is freed. While it exists, the log redacts it
 * (log.h). libcurl copies the headers it is given and does not wipe them: for
 * that reason the process also forbids core dumps and tracing.
 *
 * Any thread. A secret has a reference count; the last unref frees it.
 */

#include <stddef.h>

struct secret;

/* Copies `size` bytes of `text`, with one reference. NULL: no memory, or more
   than SECRET_MAX bytes. */
enum { SECRET_MAX = 16384 };
struct secret *secret_keep(const char *text, size_t size);

struct secret *secret_ref(struct secret *secret);
/* NULL: no effect. Returns NULL. */
struct secret *secret_unref(struct secret *secret);

/* NUL-terminated; borrowed while the caller holds a reference. */
const char *secret_text(const struct secret *secret);

/* Overwrites each occurrence of a living secret in `line` with '*'. Secrets
   shorter than 6 bytes are not looked for. No memory: overwrites all of
   `line`. */
void secret_redact(char *line);

/* Locks the living secrets into memory again. Call in the child after fork(2),
   which does not inherit memory locks. */
void secret_lock_again(void);

/* 0: the open file `fd` is private enough to hold a secret. -EPERM: its owner
   is neither this user nor root; -EACCES: its mode grants something to the
   group or others; or fstat(2)'s error. */
int secret_file_check(int fd);

/* Forbids core dumps and tracing of this process. The program calls it first,
   unless it was built with CAIFS_ALLOW_PTRACE (docs/debugging.md). */
void secret_harden_process(void);

#endif
