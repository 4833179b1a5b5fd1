/* Parts and inodes: see parts.h. */

#include "parts.h"

#include <errno.h>
#include <stdlib.h>

#include "caifs/container.h"

/* An inode's reference to its part. */
struct held_part {
	struct namespace_attachment attachment;
	struct data *data;
	struct data_part *part;
};

static void drop(struct namespace_attachment *attachment)
{
	struct held_part *held =
		container_of(attachment, struct held_part, attachment);

	data_part_put(held->data, held->part);
	free(held);
}

/* The part, with a reference for the caller and one for its inode. */
static int hold(struct mount *mount, const struct namespace_part *named,
		struct data_part **ret_part)
{
	const struct data_identity identity = {
		.inode = named->ino,
		.file_id = named->file_id,
		.path = named->path,
		.size = named->size,
	};
	struct held_part *held;
	int err = data_part_get(mount->data, &identity, ret_part);

	if (err || named->attached)
		return err;
	held = malloc(sizeof(*held));
	if (!held) {
		data_part_put(mount->data, *ret_part);
		return -ENOMEM;
	}
	*held = (struct held_part){{.drop = drop}, mount->data, *ret_part};
	/* A second reference, for the caller. */
	err = data_part_get(mount->data, &identity, ret_part);
	if (err || !namespace_attach(mount->ns, named->ino, &held->attachment))
		drop(&held->attachment);
	return err;
}

int parts_open(struct mount *mount, fuse_ino_t ino, struct data_part **ret_part,
	       uint64_t *ret_directory)
{
	struct namespace_part named;
	struct data_part *part;
	int err = namespace_part(mount->ns, ino, &named);

	if (err)
		return err;
	*ret_directory = named.directory;
	err = hold(mount, &named, &part);
	namespace_part_finish(&named);
	if (err)
		return err;
	err = data_open(mount->data, part);
	data_part_put(mount->data, part);
	/* Before the reply: on ESTALE the kernel looks the name up at once. */
	if (err == -ESTALE)
		namespace_retire(mount->ns, ino);
	if (!err)
		*ret_part = part;
	return err;
}

void parts_hint(struct mount *mount, fuse_ino_t ino, struct data_part *part,
		bool listed)
{
	struct namespace_part named[DATA_SIBLINGS];
	uint64_t siblings[DATA_SIBLINGS];
	size_t count =
		namespace_parts_after(mount->ns, ino, named, DATA_SIBLINGS);

	for (size_t i = 0; i < count; i++) {
		struct data_part *sibling;

		siblings[i] = named[i].ino;
		if (!named[i].attached && !hold(mount, &named[i], &sibling))
			data_part_put(mount->data, sibling);
		namespace_part_finish(&named[i]);
	}
	data_hint(mount->data, part, siblings, count, listed);
}
