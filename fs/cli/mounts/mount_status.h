#ifndef CAIFS_CLI_MOUNT_STATUS_H
#define CAIFS_CLI_MOUNT_STATUS_H

/* Reads MOUNT/.caifs/status.json; the caller frees `*ret_text`. Waits for the
   mount. -ENOMEM, or the errno of reading it. */
int mount_status_read(const char *mount, char **ret_text);

#endif
