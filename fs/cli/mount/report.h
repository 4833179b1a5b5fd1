#ifndef CAIFS_CLI_REPORT_H
#define CAIFS_CLI_REPORT_H

/*
 * The counts of a mount's layers, as JSON and as Prometheus text, both from one
 * table. Has no secret. Any thread.
 */

#include <stdint.h>

#include "caifs/buffer.h"
#include "caifs/mount.h"
#include "caifs/settings.h"
#include "runtime/runtime.h"

struct report {
	const struct runtime *runtime;
	const struct settings *settings;
	int64_t mounted_ms; /* wall clock, since 1970 */
};

/* `report` of struct mount_config (mount.h); `data` is a struct report. 0 or
   -ENOMEM. */
int report_write(void *data, enum mount_report form, struct buffer *text);

#endif
