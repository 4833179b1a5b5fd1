/* The session: see caifs/mount.h. */

#include "mount_internal.h"

#include "caifs/buffer.h"
#include "caifs/log.h"
#include "request.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

static void on_init(void *data, struct fuse_conn_info *connection)
{
	(void)data;
	/* Listings contain the attributes: send them with each entry, always,
	   not when the kernel's heuristic asks. */
	connection->want |= connection->capable & FUSE_CAP_READDIRPLUS;
	connection->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
	/* An open part's bytes never change: no page needs revalidation. */
	connection->want &= ~(unsigned)FUSE_CAP_AUTO_INVAL_DATA;
	connection->want |= connection->capable & FUSE_CAP_EXPLICIT_INVAL_DATA;
	/* Without it lookups in one directory wait for each other in the
	   kernel, where SIGKILL has no effect. */
	connection->want |= connection->capable & FUSE_CAP_PARALLEL_DIROPS;
	/* With it the kernel waits for a direct read where neither SIGKILL nor
	   an interrupt has an effect (fuse_direct_IO). */
	connection->want &= ~(unsigned)FUSE_CAP_ASYNC_DIO;
	connection->max_read = DATA_MAX_READ;
	/* All reads but direct ones count. With a lower limit, reads that wait
	   for the platform would hold up reads that memory can answer. */
	connection->max_background = 512;
	connection->congestion_threshold = 384;
	connection->time_gran = 1000000; /* the platform's: milliseconds */
}

static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.readlink = op_readlink,
	.open = op_open,
	.read = op_read,
	.release = op_release,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.releasedir = op_releasedir,
	.statfs = op_statfs,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.ioctl = op_ioctl,
};

/* Escapes `text` for a comma-separated list of options. */
static int append_escaped(struct buffer *options, const char *text)
{
	for (; *text; text++) {
		if ((*text == ',' || *text == '\\') &&
		    buffer_append_text(options, "\\"))
			return -ENOMEM;
		if (buffer_append(options, text, 1))
			return -ENOMEM;
	}
	return 0;
}

static int compose_options(const struct mount_config *config,
			   struct buffer *options)
{
	if (buffer_printf(options,
			  "ro,nosuid,nodev,noexec,default_permissions,"
			  "subtype=caifs,max_read=%d%s%s%s%s,fsname=",
			  DATA_MAX_READ,
			  config->allow_other ? ",allow_other" : "",
			  config->debug ? ",debug" : "",
			  config->fuse_options ? "," : "",
			  config->fuse_options ? config->fuse_options : "") ||
	    append_escaped(options, config->source))
		return -ENOMEM;
	return 0;
}

static int create_session(struct mount *mount)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct buffer options;
	int err = -ENOMEM;

	buffer_init(&options, 16 * 1024);
	if (!compose_options(&mount->config, &options) &&
	    !fuse_opt_add_arg(&args, "caifs") &&
	    !fuse_opt_add_arg(&args, "-o") &&
	    !fuse_opt_add_arg(&args, buffer_text(&options))) {
		mount->session = fuse_session_new(&args, &operations,
						  sizeof(operations), mount);
		err = mount->session ? 0 : -EINVAL;
	}
	fuse_opt_free_args(&args);
	buffer_finish(&options);
	return err;
}

static void on_changed(void *watcher, uint64_t inode)
{
	struct mount *mount = watcher;

	stale_parts_add(mount->stale, inode);
}

int mount_create(const struct mount_config *config, struct namespace *ns,
		 struct data *data, struct mount **ret_mount)
{
	struct mount *mount = calloc(1, sizeof(*mount));
	int err;

	if (!mount)
		return -ENOMEM;
	mount->config = *config;
	mount->ns = ns;
	mount->data = data;
	recent_listings_init(&mount->listings);
	err = pending_create(request_take_out, &mount->pending);
	if (!err)
		err = executor_create("caifs-reply", &mount->reply_worker);
	if (!err)
		err = stale_parts_create(mount, &mount->stale);
	if (!err)
		err = create_session(mount);
	if (err) {
		mount_destroy(mount);
		return err;
	}
	data_watch(data, on_changed, mount);
	*ret_mount = mount;
	return 0;
}

int mount_attach(struct mount *mount)
{
	if (fuse_session_mount(mount->session, mount->config.mountpoint))
		return -EIO;
	mount->attached = true;
	return 0;
}

/* The kernel waits for reads that it has pages locked for before it takes these
   away; and those that it has not told us of yet are for nobody else now. */
static void serve_until_stale_are_gone(struct mount *mount)
{
	struct pollfd poll_for = {
		.fd = fuse_session_fd(mount->session),
		.events = POLLIN,
	};
	struct fuse_buf buffer = {0};

	data_watch(mount->data, NULL, NULL);
	while (stale_parts_left(mount->stale)) {
		if (poll(&poll_for, 1, 20) <= 0)
			continue;
		if (fuse_session_receive_buf(mount->session, &buffer) <= 0)
			break; /* it is unmounted, and nothing waits there */
		fuse_session_process_buf(mount->session, &buffer);
		pending_clear(mount->pending);
	}
	free(buffer.mem);
}

int mount_serve(struct mount *mount)
{
	struct fuse_loop_config *loop = fuse_loop_cfg_create();
	int result;

	if (!loop)
		return -ENOMEM;
	fuse_loop_cfg_set_max_threads(loop, mount->config.max_threads);
	fuse_loop_cfg_set_clone_fd(loop, 0);
	result = fuse_set_signal_handlers(mount->session);
	if (!result) {
		result = fuse_session_loop_mt(mount->session, loop);
		fuse_remove_signal_handlers(mount->session);
	}
	fuse_loop_cfg_destroy(loop);

	pending_clear(mount->pending);
	serve_until_stale_are_gone(mount);
	fuse_session_unmount(mount->session);
	mount->attached = false;
	/* > 0: the number of the signal that ended it, no failure. */
	return result < 0 ? result : 0;
}

struct mount *mount_destroy(struct mount *mount)
{
	if (!mount)
		return NULL;
	data_watch(mount->data, NULL, NULL);
	if (mount->attached)
		fuse_session_unmount(mount->session);
	stale_parts_destroy(mount->stale);
	if (mount->session)
		fuse_session_destroy(mount->session);
	executor_destroy(mount->reply_worker);
	pending_destroy(mount->pending);
	recent_listings_finish(&mount->listings);
	free(mount);
	return NULL;
}
