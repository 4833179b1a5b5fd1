/* Mounting with a capability: see privileged_mount.h. */

#include "privileged_mount.h"

#include "caifs/data.h"
#include "caifs/print_error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool may_mount(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[0].effective & (1U << CAP_SYS_ADMIN);
}

/* Of the calling thread, which must be the only one. */
static int give_up_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

static int mount_fuse(const struct settings *s, const char *path, int fuse)
{
	char data[256];

	snprintf(data, sizeof(data),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,"
		 "default_permissions,max_read=%d%s",
		 fuse, geteuid(), getegid(), DATA_MAX_READ,
		 settings_flag(s, OPTION_ALLOW_OTHER) ? ",allow_other" : "");
	return mount(s->source ? s->source : "caifs", path, "fuse.caifs",
		     MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, data) < 0
		       ? -errno
		       : 0;
}

int privileged_mount(const struct settings *s, const char *path,
		     char **ret_mountpoint)
{
	int fuse, err;

	*ret_mountpoint = NULL;
	/* Root needs no capability, and options for libfuse need libfuse. */
	if (geteuid() == 0 || s->fuse_options || !may_mount() ||
	    strncmp(path, "/dev/fd/", 8) == 0)
		return 0;
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0) {
		err = -errno;
		print_error("/dev/fuse: %s", strerror(-err));
		return err;
	}
	err = mount_fuse(s, path, fuse);
	if (!err)
		err = give_up_capabilities();
	if (!err && asprintf(ret_mountpoint, "/dev/fd/%d", fuse) < 0) {
		*ret_mountpoint = NULL;
		err = -ENOMEM;
	}
	if (err) {
		print_error("cannot mount at %s: %s", path, strerror(-err));
		close(fuse);
	}
	return err;
}
