#ifndef CAIFS_CLI_MOUNT_STATUS_H
#define CAIFS_CLI_MOUNT_STATUS_H

/* What MOUNT/.caifs/status.json says: text, to be freed; -ENOMEM, or why it
   cannot be read. */
int mount_status_read(const char *mount, char **ret_text);

#endif
