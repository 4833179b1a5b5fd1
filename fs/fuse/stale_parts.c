/* Parts that have changed: see stale_parts.h. */

#include "stale_parts.h"

#include "caifs/container.h"
#include "caifs/log.h"
#include "mount_internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct stale_parts {
	struct mount *mount;
	struct executor *thread;
	_Atomic unsigned left;
};

/* At most one for each inode. */
struct stale_part {
	struct job job;
	struct stale_parts *stale;
	uint64_t ino;
};

static void retire(struct job *job)
{
	struct stale_part *part = container_of(job, struct stale_part, job);
	struct mount *mount = part->stale->mount;
	char where[512];

	namespace_retire(mount->ns, part->ino);
	namespace_describe(mount->ns, part->ino, where, sizeof(where));
	log_warning(
		"op=read file=%s errno=ESTALE: the part has changed; open it "
		"again to read its new version",
		where);
	fuse_lowlevel_notify_inval_inode(mount->session, part->ino, 0, 0);
	atomic_fetch_sub(&part->stale->left, 1);
	free(part);
}

void stale_parts_add(struct stale_parts *stale, uint64_t ino)
{
	struct stale_part *part = malloc(sizeof(*part));

	/* Without memory the kernel keeps its pages: they are right for the old
	   inode. */
	if (!part)
		return;
	*part = (struct stale_part){{.run = retire}, stale, ino};
	atomic_fetch_add(&stale->left, 1);
	executor_post(stale->thread, &part->job);
}

unsigned stale_parts_left(const struct stale_parts *stale)
{
	return atomic_load(&stale->left);
}

int stale_parts_create(struct mount *mount, struct stale_parts **ret_stale)
{
	struct stale_parts *stale = calloc(1, sizeof(*stale));
	int err;

	if (!stale)
		return -ENOMEM;
	stale->mount = mount;
	err = executor_create("caifs-stale", &stale->thread);
	if (err) {
		free(stale);
		return err;
	}
	*ret_stale = stale;
	return 0;
}

struct stale_parts *stale_parts_destroy(struct stale_parts *stale)
{
	if (!stale)
		return NULL;
	executor_destroy(stale->thread);
	free(stale);
	return NULL;
}
