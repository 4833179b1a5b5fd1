#ifndef CAIFS_CLI_REPORT_H
#define CAIFS_CLI_REPORT_H

/*
 * How a mount is: what its layers have counted, as JSON for programs and as
 * Prometheus text. One table says what there is, so that both say the same.
 * Any thread; never a secret.
 */

#include <stdint.h>

#include "caifs/buffer.h"
#include "caifs/mount.h"
#include "caifs/settings.h"
#include "runtime/runtime.h"

struct report {
	const struct runtime *runtime;
	const struct settings *settings;
	int64_t mounted_ms; /* wall clock */
};

/* 0 or -ENOMEM. `data` is a struct report: as mount.h wants it. */
int report_write(void *data, enum mount_report form, struct buffer *text);

#endif
