/*
 * memory_fs [--push] DIRECTORY MOUNTPOINT: shows a directory's files from
 * memory, in the foreground. What it takes to read them is what FUSE itself
 * takes, the ceiling for every filesystem that has to get its bytes from
 * elsewhere. At its end it prints how many bytes the kernel has asked it for,
 * each counted once.
 *
 * --push: when a file is opened, a thread that answers nothing puts all of it
 * into the kernel's cache (FUSE_NOTIFY_STORE), and who reads need not ask.
 */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOREVER	 86400.0
#define MAX_READ (1 << 20)
#define PAGE	 4096

struct node {
	struct node *parent, *next, *first, *last; /* children in a list */
	char *name;
	const char *bytes;
	char *asked; /* which pages the kernel has asked for */
	struct stat stat;
};

static struct node root;
static atomic_llong pages_asked;
static struct fuse_session *pushing; /* NULL: not so */

static struct node *node_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct node *)ino;
}

static void add_entry(struct node *parent, int dir, const char *name);

/* Takes in a directory; `fd` is closed. */
static void add_entries(struct node *node, int fd)
{
	DIR *stream = fdopendir(fd);
	struct dirent *entry;

	if (!stream) {
		perror(node->name);
		exit(1);
	}
	while ((entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			add_entry(node, fd, entry->d_name);
	closedir(stream);
}

static void add_entry(struct node *parent, int dir, const char *name)
{
	struct node *node = calloc(1, sizeof(*node));
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	if (!node || fd < 0 || fstat(fd, &node->stat) != 0) {
		perror(name);
		exit(1);
	}
	node->name = strdup(name);
	node->parent = parent;
	node->stat.st_ino = (ino_t)node;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	if (S_ISDIR(node->stat.st_mode)) {
		add_entries(node, fd);
		return;
	}
	node->bytes = mmap(NULL, (size_t)node->stat.st_size, PROT_READ,
			   MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	node->asked = calloc(1, (size_t)node->stat.st_size / PAGE + 1);
	if (!node->asked)
		exit(1);
	if (node->stat.st_size > 0 && node->bytes == MAP_FAILED) {
		perror(name);
		exit(1);
	}
}

static struct fuse_entry_param entry_of(const struct node *node)
{
	struct fuse_entry_param entry = {.ino = (fuse_ino_t)node,
					 .attr = node->stat,
					 .attr_timeout = FOREVER,
					 .entry_timeout = FOREVER};

	return entry;
}

static void on_init(void *data, struct fuse_conn_info *connection)
{
	(void)data;
	connection->max_read = MAX_READ;
	connection->max_background = 64;
	connection->congestion_threshold = 48;
	connection->want |= connection->capable & FUSE_CAP_READDIRPLUS;
	connection->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	struct node *node;

	for (node = node_of(parent)->first; node; node = node->next)
		if (strcmp(node->name, name) == 0)
			break;
	if (!node) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	entry = entry_of(node);
	fuse_reply_entry(req, &entry);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *info)
{
	(void)info;
	fuse_reply_attr(req, &node_of(ino)->stat, FOREVER);
}

/* An offset is where the next entry's node is, END after the last one. */
static void do_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size,
			   off_t offset, struct fuse_file_info *info)
{
	const off_t END = -1;
	struct node *node;
	char *buffer = malloc(size);
	size_t used = 0;

	(void)info;
	if (!buffer) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	if (offset == END)
		node = NULL;
	else
		node = offset ? (struct node *)offset : node_of(ino)->first;
	for (; node; node = node->next) {
		struct fuse_entry_param entry = entry_of(node);
		size_t more = fuse_add_direntry_plus(
			req, buffer + used, size - used, node->name, &entry,
			node->next ? (off_t)node->next : END);

		if (more > size - used)
			break;
		used += more;
	}
	fuse_reply_buf(req, buffer, used);
	free(buffer);
}

static void *push(void *data)
{
	const struct node *node = data;
	size_t size = (size_t)node->stat.st_size;

	for (size_t at = 0; at < size; at += MAX_READ) {
		struct fuse_bufvec bytes = FUSE_BUFVEC_INIT(
			size - at < MAX_READ ? size - at : MAX_READ);

		bytes.buf[0].mem = (char *)(uintptr_t)node->bytes + at;
		if (fuse_lowlevel_notify_store(pushing, (fuse_ino_t)node,
					       (off_t)at, &bytes, 0))
			break;
	}
	return NULL;
}

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	pthread_t thread;

	if (pushing && pthread_create(&thread, NULL, push, node_of(ino)) == 0)
		pthread_detach(thread);
	info->keep_cache = 1;
	fuse_reply_open(req, info);
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
		    struct fuse_file_info *info)
{
	const struct node *node = node_of(ino);
	size_t length = (size_t)node->stat.st_size;

	(void)info;
	if ((size_t)offset >= length)
		size = 0;
	else if (size > length - (size_t)offset)
		size = length - (size_t)offset;
	for (size_t at = 0; at < size; at += PAGE) {
		char *page = &node->asked[((size_t)offset + at) / PAGE];

		if (!*page) {
			*page = 1;
			atomic_fetch_add(&pages_asked, 1);
		}
	}
	fuse_reply_buf(req, node->bytes + offset, size);
}

static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = do_lookup,
	.getattr = do_getattr,
	.readdirplus = do_readdirplus,
	.open = do_open,
	.read = do_read,
};

int main(int argc, char **argv)
{
	static char name[] = "memory_fs", options[] = "-oro,max_read=1048576";
	char *words[] = {name, options, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(2, words);
	struct fuse_session *session;
	struct fuse_loop_config *config;
	bool pushes = argc > 1 && strcmp(argv[1], "--push") == 0;
	int fd, status = 1;

	argc -= pushes;
	argv += pushes;
	if (argc != 3) {
		fprintf(stderr,
			"usage: memory_fs [--push] DIRECTORY MOUNTPOINT\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &root.stat) != 0) {
		perror(argv[1]);
		return 1;
	}
	root.name = argv[1];
	root.stat.st_ino = FUSE_ROOT_ID;
	add_entries(&root, fd);
	session =
		fuse_session_new(&args, &operations, sizeof(operations), NULL);
	if (!session)
		return 1;
	pushing = pushes ? session : NULL;
	config = fuse_loop_cfg_create();
	if (fuse_set_signal_handlers(session) == 0 &&
	    fuse_session_mount(session, argv[2]) == 0) {
		status = fuse_session_loop_mt(session, config) != 0;
		fuse_session_unmount(session);
		fuse_remove_signal_handlers(session);
		printf("%lld\n", (long long)pages_asked * PAGE);
	}
	fuse_loop_cfg_destroy(config);
	fuse_session_destroy(session);
	return status;
}
