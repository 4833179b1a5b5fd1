#ifndef CAIFS_MOUNT_H
#define CAIFS_MOUNT_H

/*
 * The filesystem as the kernel sees it: a libfuse low-level session whose
 * operations never wait. Each answers from memory or parks (docs/threading.md).
 */

#include <stdbool.h>
#include <sys/types.h>

#include "caifs/data.h"
#include "caifs/namespace.h"

struct mount;
struct buffer;

/* The forms in which `.caifs` says how the mount is. */
enum mount_report { MOUNT_REPORT_JSON, MOUNT_REPORT_METRICS };

struct mount_config {
	const char *mountpoint; /* a directory, or "/dev/fd/N" */
	const char *source;	/* as /proc/mounts is to show it */
	bool allow_other;
	const char *fuse_options; /* more, for libfuse; NULL: none */
	bool debug;		  /* libfuse's own trace on stderr */
	uid_t uid;
	gid_t gid;
	mode_t umask;
	unsigned max_threads; /* libfuse's workers */
	int timeout_ms;	      /* the longest that one operation may wait */
	/* Writes how the mount is, as text. Any thread, and must not wait. */
	int (*report)(void *data, enum mount_report form, struct buffer *text);
	void *report_data;
};

/* `ns` and `data` are borrowed and outlive it. Nothing is mounted yet. */
int mount_create(const struct mount_config *config, struct namespace *ns,
		 struct data *data, struct mount **ret_mount);

/* Mounts. libfuse says on stderr what is wrong. */
int mount_attach(struct mount *mount);

/* Serves until unmounted, or told to end by a signal; 0 or negative errno.
   Then every parked request has been answered and it is unmounted. On the main
   thread: SIGINT and SIGTERM end it. */
int mount_serve(struct mount *mount);

/* NULL is fine; returns NULL. */
struct mount *mount_destroy(struct mount *mount);

#endif
