#ifndef CAIFS_MOUNT_H
#define CAIFS_MOUNT_H

/*
 * The kernel's side: a libfuse low-level session whose operations never block.
 * Each replies from memory or parks (docs/threading.md).
 */

#include <stdbool.h>
#include <sys/types.h>

#include "caifs/data.h"
#include "caifs/namespace.h"

struct mount;
struct buffer;

/* The forms of the mount's status in `.caifs`. */
enum mount_report { MOUNT_REPORT_JSON, MOUNT_REPORT_METRICS };

/* Strings are borrowed until mount_destroy(). */
struct mount_config {
	const char *mountpoint; /* a directory, or "/dev/fd/N" */
	const char *source;	/* the device in /proc/mounts */
	bool allow_other;
	const char *fuse_options; /* further ones of libfuse; NULL: none */
	bool debug;		  /* libfuse's trace on stderr */
	uid_t uid;
	gid_t gid;
	mode_t umask;
	unsigned max_threads; /* libfuse's workers */
	int timeout_ms;	      /* the deadline of each operation */
	/* Appends the mount's status to `text`; 0 or negative errno. Called on
	   any thread; must not block. */
	int (*report)(void *data, enum mount_report form, struct buffer *text);
	void *report_data;
};

/* Does not mount yet. `ns` and `data` are borrowed until mount_destroy().
   -ENOMEM; -EINVAL: libfuse refused an option and printed which on stderr; or
   why a thread could not be started. */
int mount_create(const struct mount_config *config, struct namespace *ns,
		 struct data *data, struct mount **ret_mount);

/* Mounts. -EIO: libfuse has printed the reason on stderr. */
int mount_attach(struct mount *mount);

/* Serves until it is unmounted or SIGINT or SIGTERM arrives; 0 or negative
   errno. On return every parked request has been answered and nothing is
   mounted. Main thread only. */
int mount_serve(struct mount *mount);

/* Unmounts if need be. NULL: no effect. Returns NULL. */
struct mount *mount_destroy(struct mount *mount);

#endif
