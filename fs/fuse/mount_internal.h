#ifndef CAIFS_FUSE_MOUNT_INTERNAL_H
#define CAIFS_FUSE_MOUNT_INTERNAL_H

/* What the operations share. */

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)
#include <fuse_lowlevel.h>

#include "caifs/executor.h"
#include "caifs/mount.h"
#include "pending_requests.h"
#include "recent_listings.h"
#include "slow_read_log.h"
#include "stale_parts.h"

struct mount {
	struct mount_config config;
	struct namespace *ns;
	struct data *data;
	struct pending_requests *pending;
	struct executor *reply_worker; /* runs woken requests again */
	struct stale_parts *stale;
	struct slow_read_log slow_reads;
	struct recent_listings listings;
	struct fuse_session *session;
	bool attached;
};

/* The mount that a request is for. */
static inline struct mount *mount_of(fuse_req_t fuse)
{
	return fuse_req_userdata(fuse);
}

/* attribute_ops.c */
void attributes_to_stat(const struct mount *mount,
			const struct namespace_attributes *attributes,
			struct stat *stat);
void attributes_to_entry(const struct mount *mount,
			 const struct namespace_attributes *attributes,
			 struct fuse_entry_param *entry);

void op_getattr(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);
void op_statfs(fuse_req_t fuse, fuse_ino_t ino);
void op_getxattr(fuse_req_t fuse, fuse_ino_t ino, const char *name,
		 size_t size);
void op_listxattr(fuse_req_t fuse, fuse_ino_t ino, size_t size);

/* directory_ops.c */
void op_lookup(fuse_req_t fuse, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t fuse, fuse_ino_t ino, uint64_t count);
void op_forget_multi(fuse_req_t fuse, size_t count,
		     struct fuse_forget_data *forgets);
void op_readlink(fuse_req_t fuse, fuse_ino_t ino);
void op_opendir(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
		struct fuse_file_info *fi);
void op_readdirplus(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *fi);
void op_releasedir(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);

/* file_ops.c */
void op_open(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);
void op_read(fuse_req_t fuse, fuse_ino_t ino, size_t size, off_t offset,
	     struct fuse_file_info *fi);
void op_release(fuse_req_t fuse, fuse_ino_t ino, struct fuse_file_info *fi);

/* disk_cached_ops.c */
void op_ioctl(fuse_req_t fuse, fuse_ino_t ino, unsigned command, void *argument,
	      struct fuse_file_info *fi, unsigned flags, const void *in,
	      size_t in_size, size_t out_size);

#endif
