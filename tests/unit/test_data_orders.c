/*
 * Every order of events in a small world, up to a depth: two parts of two
 * blocks each, in two versions; three readers; memory for three blocks; a
 * source that does nothing until it is told (scripted_source.h). After each
 * event all that must hold is looked at (data_check.h), every byte that was
 * handed out is compared, and from each state everything is brought to its end.
 *
 * The search goes from state to state: an order that leads to a state that was
 * there before is counted, and not gone on with, as what can happen from there
 * is the same. What a state is, is all that the layer decides by, in
 * fingerprint(). CAIFS_ORDERS_DEPTH=n goes deeper.
 */

#include "test.h"

#include <signal.h>
#include <unistd.h>

#include <xxhash.h>

#include "caifs/container.h"
#include "data_check.h"
#include "fake_clock.h"
#include "prefetch_queue.h"
#include "scripted_source.h"

enum {
	PARTS = 2,
	READERS = 3,
	BLOCKS = 3,
	SIZE = 2 * DATA_BLOCK - 1000, /* its last page is short */
	VERSIONS = 3,		      /* two, and content of neither */
	CONNECTIONS = 2,
	DEPTH = 6,
	MAX_DEPTH = 32,
};

/* --- Events --- */

enum kind {
	OPEN,	  /* of a reader */
	READ,	  /* its first data_read() */
	RUN,	  /* one after it was woken */
	FINISH,	  /* of its view */
	CLOSE,	  /* */
	CANCEL,	  /* it is taken back */
	DEADLINE, /* likewise, for its time is over */
	FORGET,	  /* of a part, by the kernel */
	CHANGE,	  /* of its content */
	PREFETCH, /* all of it is wanted */
	BYTES,	  /* of a call: the next block's */
	SHORT,	  /* less than a page; another answer goes on */
	UNNAMED,  /* the next block's, of no version */
	DONE,	  /* all were given, or it was refused or cancelled */
	ERROR,	  /* it fails */
	TIMEOUT,  /* its time is over */
	KINDS,
};

struct event {
	uint8_t kind, which;
};

static const char *const names[KINDS] = {
	"open",	    "read",   "run",	"finish",   "close", "cancel",
	"deadline", "forget", "change", "prefetch", "bytes", "short",
	"unnamed",  "done",   "error",	"timeout"};

/* --- The world --- */

enum reader_state { CLOSED, IDLE, PARKED, VIEWING };

struct small_reader {
	enum reader_state state;
	struct data_part *part; /* its handle's */
	struct data_waiter waiter;
	struct data_view view;
	bool woken, stale; /* it was told so: nothing else from then on */
	int version;	   /* that its handle has been given; 0: none yet */
};

/* What the readers read: of which part, from where, how much. */
struct shape {
	int part;
	int64_t offset;
	size_t size;
};

struct world {
	struct script script;
	struct data *data;
	struct small_reader readers[READERS];
	struct data_part *nodes[PARTS]; /* by the name: what it means now */
	struct data_part *old[PARTS];	/* a stale one that the kernel knows */
	uint64_t inodes[PARTS];
	int versions[PARTS]; /* of the content at the source: 1 or 2 */
	/* Of the answers without one: two that are of two cannot be told apart
	   by anybody. 0: there was none. */
	int unnamed[PARTS];
	bool changed[PARTS], prefetched[PARTS];
	uint64_t next_inode;
};

static const struct shape (*shapes)[READERS];
static char content[PARTS][VERSIONS][SIZE];

static void wake(struct waiter *waiter)
{
	struct small_reader *reader =
		container_of(waiter, struct small_reader, waiter.waiter);

	if (reader->woken || reader->state != PARKED)
		abort();
	reader->woken = true;
}

static void begin(struct world *world)
{
	struct data_config config = {.no_parquet = true};

	memset(world, 0, sizeof(*world));
	script_init(&world->script, CONNECTIONS);
	config.source = &world->script.source;
	if (data_create_of_blocks(&config, BLOCKS, &world->data))
		abort();
	for (int i = 0; i < PARTS; i++) {
		world->inodes[i] = (uint64_t)i + 2;
		world->versions[i] = 1;
	}
	world->next_inode = 100;
}

static int part_of_call(const struct source_call *call)
{
	return call->range.path[0] - '0';
}

/* --- Doing --- */

/* The part that the name means, looked up as the kernel does. */
static void look_up(struct world *world, int i)
{
	static const char *const paths[PARTS] = {"0", "1"};
	struct data_identity identity = {world->inodes[i], "id", paths[i],
					 SIZE};

	if (!world->nodes[i] &&
	    data_part_get(world->data, &identity, &world->nodes[i]))
		abort();
}

static void retire(struct world *world, int i)
{
	if (world->old[i])
		data_part_put(world->data, world->old[i]);
	world->old[i] = world->nodes[i];
	world->nodes[i] = NULL;
	world->inodes[i] = world->next_inode++;
}

static void open_reader(struct world *world, int r)
{
	struct small_reader *reader = &world->readers[r];
	int i = (*shapes)[r].part, err;

	look_up(world, i);
	err = data_open(world->data, world->nodes[i]);
	if (err == -ESTALE) {
		retire(world, i);
		look_up(world, i);
		err = data_open(world->data, world->nodes[i]);
	}
	if (err)
		abort();
	*reader = (struct small_reader){
		.state = IDLE,
		.part = world->nodes[i],
	};
}

static int version_of(const struct data_view *view, const struct shape *shape)
{
	for (int version = 1; version < VERSIONS; version++) {
		int64_t at = shape->offset;
		bool same = true;

		for (int i = 0; i < view->count; i++) {
			same &= memcmp(view->parts[i].iov_base,
				       &content[shape->part][version][at],
				       view->parts[i].iov_len) == 0;
			at += (int64_t)view->parts[i].iov_len;
		}
		if (at != shape->offset + (int64_t)shape->size)
			return -1;
		if (same)
			return version;
	}
	return -1;
}

static void read_some(struct world *world, int r)
{
	struct small_reader *reader = &world->readers[r];
	const struct shape *shape = &(*shapes)[r];
	int err;

	if (reader->state == IDLE)
		reader->waiter = (struct data_waiter){
			.waiter.wake = wake,
			.caller = (uint64_t)r + 1,
		};
	reader->woken = false;
	reader->state = PARKED;
	err = data_read(world->data, reader->part, shape->offset, shape->size,
			&reader->waiter, &reader->view);
	if (err == DATA_PARKED)
		return;
	reader->woken = false;
	if (reader->stale)
		assert_int_equal(err, -ESTALE);
	if (err) {
		assert_true(err == -ESTALE || err == -EIO || err == -ETIMEDOUT);
		reader->stale |= err == -ESTALE;
		reader->state = IDLE;
		return;
	}
	reader->state = VIEWING;
	err = version_of(&reader->view, shape);
	assert_true(err > 0);
	/* One handle, one version. */
	if (!reader->version)
		reader->version = err;
	assert_int_equal(reader->version, err);
}

static void take_back(struct world *world, int r, int why)
{
	struct small_reader *reader = &world->readers[r];
	bool waited = data_unpark(world->data, &reader->waiter, why);

	assert_int_equal(waited, !reader->woken);
	if (waited)
		reader->state = IDLE;
	data_resume(world->data);
}

static void want_all(struct world *world, int i)
{
	world->prefetched[i] = true;
	data_lock(world->data);
	prefetch_want(&world->data->wants, world->nodes[i], 0, SIZE, 0, NULL);
	data_unlock(world->data);
	data_resume(world->data);
}

/* An answer begins, or goes on; `named`: it tells its version. */
static void give(struct source_call *call, struct world *world, int64_t size,
		 bool named, bool again)
{
	static const char *const versions[] = {"", "v1", "v2"};
	int i = part_of_call(call);
	int64_t at = call->range.offset + call->reached;

	if (!call->told) {
		call->refused = call->fetch.version(
			call->fetch.data,
			named ? versions[world->versions[i]] : "");
		call->told = true;
		if (!named && !call->refused)
			world->unnamed[i] = world->versions[i];
		call->version = world->versions[i];
	}
	if (call->refused)
		return;
	if (size > call->range.size - call->reached)
		size = call->range.size - call->reached;
	call->fetch.bytes(call->fetch.data, &content[i][call->version][at],
			  (size_t)size);
	call->reached += size;
	if (again)
		call->told = false;
}

static int64_t to_block_end(const struct source_call *call)
{
	int64_t at = call->range.offset + call->reached;

	return DATA_BLOCK - at % DATA_BLOCK;
}

static void do_event(struct world *world, struct event event)
{
	struct source_call *call = world->script.calls[event.which];
	struct small_reader *reader = &world->readers[event.which];

	switch (event.kind) {
	case OPEN:
		open_reader(world, event.which);
		break;
	case READ:
	case RUN:
		read_some(world, event.which);
		break;
	case FINISH:
		data_view_finish(world->data, &reader->view);
		reader->state = IDLE;
		break;
	case CLOSE:
		reader->state = CLOSED;
		data_close(world->data, reader->part);
		break;
	case CANCEL:
		take_back(world, event.which, -EINTR);
		break;
	case DEADLINE:
		take_back(world, event.which, -ETIMEDOUT);
		break;
	case FORGET:
		data_part_put(world->data, world->nodes[event.which]);
		world->nodes[event.which] = NULL;
		break;
	case CHANGE:
		world->versions[event.which] = 2;
		world->changed[event.which] = true;
		break;
	case PREFETCH:
		want_all(world, event.which);
		break;
	case BYTES:
		give(call, world, to_block_end(call), true, false);
		break;
	case SHORT:
		give(call, world, 1000, true, true);
		break;
	case UNNAMED:
		give(call, world, to_block_end(call), false, false);
		break;
	case DONE:
		script_done(call, call->cancelled ? -ECANCELED : call->refused);
		break;
	case ERROR:
		script_done(call, -EIO);
		break;
	case TIMEOUT:
	default:
		script_done(call, -ETIMEDOUT);
		break;
	}
}

/* --- What can happen --- */

static bool is_open(const struct world *world, const struct data_part *part)
{
	for (int r = 0; r < READERS; r++)
		if (world->readers[r].state != CLOSED &&
		    world->readers[r].part == part)
			return true;
	return false;
}

static bool reader_may(const struct small_reader *reader, enum kind kind)
{
	switch (kind) {
	case OPEN:
		return reader->state == CLOSED;
	case READ:
	case CLOSE:
		return reader->state == IDLE;
	case RUN:
		return reader->state == PARKED && reader->woken;
	case FINISH:
		return reader->state == VIEWING;
	case CANCEL:
	case DEADLINE:
	default:
		return reader->state == PARKED;
	}
}

static bool part_may(const struct world *world, int i, enum kind kind)
{
	switch (kind) {
	case FORGET:
		return world->nodes[i] && !is_open(world, world->nodes[i]);
	case CHANGE:
		return !world->changed[i];
	case PREFETCH:
	default:
		return world->nodes[i] && is_open(world, world->nodes[i]) &&
		       !world->prefetched[i];
	}
}

static bool call_may(const struct world *world, const struct source_call *call,
		     enum kind kind)
{
	const int i = part_of_call(call);
	bool over = call->refused || call->reached == call->range.size;

	switch (kind) {
	case BYTES:
		return !over && !call->cancelled;
	case SHORT:
		return !over && !call->cancelled && call->reached == 0 &&
		       !call->told;
	case UNNAMED:
		return !over && !call->cancelled && !call->told &&
		       (!world->unnamed[i] ||
			world->unnamed[i] == world->versions[i]);
	case DONE:
		return over || call->cancelled;
	case ERROR:
	case TIMEOUT:
	default:
		return !over && !call->cancelled;
	}
}

static bool may(const struct world *world, struct event event)
{
	if (event.kind <= DEADLINE)
		return event.which < READERS &&
		       reader_may(&world->readers[event.which], event.kind);
	if (event.kind <= PREFETCH)
		return event.which < PARTS &&
		       part_may(world, event.which, event.kind);
	return event.which < world->script.count &&
	       call_may(world, world->script.calls[event.which], event.kind);
}

static size_t reads_of(const struct world *world,
		       struct data_read *reads[READERS])
{
	size_t count = 0;

	for (int r = 0; r < READERS; r++) {
		const struct small_reader *reader = &world->readers[r];

		if (reader->state == PARKED)
			reads[count++] = reader->waiter.read;
		else if (reader->state == VIEWING)
			reads[count++] = reader->view.read;
	}
	return count;
}

static void check(struct world *world)
{
	struct data_read *reads[READERS];
	size_t count = reads_of(world, reads), nodes = 0;

	for (int i = 0; i < PARTS; i++)
		nodes += (world->nodes[i] != NULL) + (world->old[i] != NULL);
	for (int r = 0; r < READERS; r++) {
		const struct small_reader *reader = &world->readers[r];
		const struct data_read *read = reader->waiter.read;

		if (reader->state == PARKED)
			assert_int_equal(reader->woken,
					 read->state == READ_READY ||
						 read->state == READ_FAILED);
	}
	data_check(world->data, reads, count, nodes);
}

/* --- What a state is --- */

struct print {
	char bytes[2048];
	size_t size;
};

static void put(struct print *print, int64_t number)
{
	if (print->size + sizeof(number) > sizeof(print->bytes))
		abort();
	memcpy(print->bytes + print->size, &number, sizeof(number));
	print->size += sizeof(number);
}

static int reader_of(const struct world *world, const struct data_read *read)
{
	for (int r = 0; r < READERS; r++)
		if (world->readers[r].waiter.read == read ||
		    world->readers[r].view.read == read)
			return r;
	return -1;
}

static int call_of(const struct world *world, const struct fill *fill)
{
	for (size_t i = 0; i < world->script.count; i++)
		if (world->script.calls[i]->fetch.data == fill)
			return (int)i;
	return -1;
}

/* Which of the world's parts it is: by name, and of old or now. */
static int64_t name_of(const struct world *world, const struct data_part *part)
{
	for (int i = 0; i < PARTS; i++)
		if (world->nodes[i] == part || world->old[i] == part)
			return i * 2 + (world->old[i] == part);
	return part ? 9 : 8;
}

static void put_extents(struct print *print, const struct world *world,
			const struct extents *extents)
{
	struct tree_node *node;

	put(print, extents->unversioned + 2 * extents->orphaned +
			   4 * extents->prefetch_evicted);
	for (node = tree_first(&extents->blocks); node;
	     node = tree_next(&extents->blocks, node)) {
		const struct block *block =
			container_of(node, struct block, by_index);

		put(print, node->key << 40 | (int64_t)block->present << 24 |
				   (int64_t)block->in_flight << 8 |
				   block->pins << 2 | block->consumed << 1 |
				   (block->ahead_for == extents->readers));
	}
	for (node = tree_first(&extents->fills); node;
	     node = tree_next(&extents->fills, node)) {
		const struct fill *fill =
			container_of(node, struct fill, by_start);

		put(print, fill->start << 32 | fill->end);
		put(print, fill->reached << 16 | fill->state << 12 |
				   fill->version_check << 8 |
				   fill->prefetch << 7 | fill->promoted << 6 |
				   fill->cancelled << 5 |
				   (call_of(world, fill) + 1));
	}
}

static void put_list(struct print *print, const struct list *list)
{
	const struct list_node *node = list->ends.next;

	for (size_t i = 0; i < list->count; i++, node = node->next) {
		const struct block *block =
			container_of((struct list_node *)(uintptr_t)node,
				     struct block, in_list);

		put(print, block->extents ? block_index(block) : -1);
	}
	put(print, -2);
}

static void put_streams(struct print *print, const struct data_part *part)
{
	for (int i = 0; part->readers && i < READAHEAD_STREAMS; i++) {
		const struct readahead_stream *stream =
			&part->readers->readahead.streams[i];

		if (stream->used)
			put(print, stream->begin ^ stream->next << 20 ^
					   stream->window << 40);
	}
	for (int i = 0; part->readers && i < PART_TIMED_OUT_WAITS; i++)
		if (part->readers->timed_out[i].ended_ms)
			put(print, part->readers->timed_out[i].start << 8 |
					   (int64_t)part->readers->timed_out[i]
						   .caller);
}

static uint64_t fingerprint(const struct world *world)
{
	struct data *data = world->data;
	struct print print = {.size = 0};
	const struct list_node *node;

	for (int i = 0; i < PARTS; i++) {
		put(&print, world->unnamed[i] << 4 | world->versions[i] << 2 |
				    world->changed[i] << 1 |
				    world->prefetched[i]);
		for (int old = 0; old < 2; old++) {
			const struct data_part *part =
				old ? world->old[i] : world->nodes[i];

			put(&print, part ? 1 : 0);
			if (!part)
				continue;
			put(&print, (int64_t)(part->opens << 8 |
					      part->references << 16) |
					    (part->error != 0) |
					    part->unversioned << 1 |
					    part->unversioned_served << 2 |
					    part->streaming << 3);
			put(&print, part->version ? part->version[1] : 0);
			put_streams(&print, part);
			if (part->extents)
				put_extents(&print, world, part->extents);
		}
	}
	for (int r = 0; r < READERS; r++) {
		const struct small_reader *reader = &world->readers[r];
		const struct data_read *read =
			reader->state == PARKED	   ? reader->waiter.read
			: reader->state == VIEWING ? reader->view.read
						   : NULL;

		put(&print, reader->state << 8 | reader->woken << 7 |
				    reader->stale << 6 | reader->version << 4 |
				    name_of(world, reader->state == CLOSED
							   ? NULL
							   : reader->part));
		if (!read)
			continue;
		put(&print, read->state << 8 | read->unversioned_retries << 4 |
				    (read->extents &&
				     read->extents == read->part->extents));
		put(&print, read->error);
		for (size_t i = 0; i < READ_WAITS; i++)
			if (read->waits[i].fill)
				put(&print,
				    read->waits[i].fill->start << 8 |
					    (call_of(world,
						     read->waits[i].fill) +
					     1));
	}
	for (size_t i = 0; i < world->script.count; i++) {
		const struct source_call *call = world->script.calls[i];
		const struct fill *fill = call->fetch.data;

		put(&print, call->range.offset << 32 | call->range.size);
		put(&print,
		    call->reached << 8 | call->told << 7 |
			    call->cancelled << 6 | (call->refused != 0) << 5 |
			    part_of_call(call) << 4 | call->version << 2 |
			    (fill->extents == fill->part->extents));
		put(&print, name_of(world, fill->part));
	}
	node = data->reads.queue.ends.next;
	for (size_t i = 0; i < data->reads.queue.count; i++, node = node->next)
		put(&print,
		    reader_of(world,
			      container_of((struct list_node *)(uintptr_t)node,
					   struct data_read, in_queue)));
	put(&print,
	    (int64_t)data->wants.wants.count << 8 | data->reads.overtakes);
	put_list(&print, &data->pool.consumed);
	put_list(&print, &data->pool.read);
	return XXH3_64bits(print.bytes, print.size);
}

/* --- To the end --- */

static bool do_first(struct world *world, const enum kind *kinds, size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (unsigned which = 0; which < SCRIPT_CALLS; which++) {
			const struct event event = {(uint8_t)kinds[k],
						    (uint8_t)which};

			if (!may(world, event))
				continue;
			do_event(world, event);
			check(world);
			return true;
		}
	return false;
}

/* Whatever waits gets what it waits for, and nothing is left. */
static void end(struct world *world)
{
	static const enum kind settling[] = {RUN, FINISH, DONE, BYTES};
	static const enum kind leaving[] = {CLOSE, FORGET};
	int events = 0;

	while (do_first(world, settling, COUNT_OF(settling)))
		assert_true(++events < 100);
	for (int r = 0; r < READERS; r++)
		assert_true(world->readers[r].state == CLOSED ||
			    world->readers[r].state == IDLE);
	assert_int_equal(world->data->fills.active, 0);
	assert_int_equal(world->data->pool.pinned, 0);
	while (do_first(world, leaving, COUNT_OF(leaving)))
		continue;
	/* What was begun for those who left: nobody can ask for it. */
	while (do_first(world, settling, COUNT_OF(settling)))
		assert_true(++events < 100);
	for (int i = 0; i < PARTS; i++)
		if (world->old[i])
			data_part_put(world->data, world->old[i]);
	data_resume(world->data);
	assert_int_equal(data_count(world->data).files, 0);
	assert_int_equal(data_count(world->data).blocks_used, 0);
	assert_int_equal(world->script.unreleased, 0);
	assert_null(data_destroy(world->data));
}

/* --- The search --- */

struct path {
	uint64_t orders; /* that lead to its state */
	uint8_t length;
	struct event events[MAX_DEPTH];
};

struct states {
	uint64_t *prints;
	size_t *paths; /* of each, its index in `next` */
	size_t size, count;
};

/* The place of that state; free, or it was there. */
static size_t place_of(const struct states *states, uint64_t print)
{
	size_t at = print % states->size;

	while (states->prints[at] && states->prints[at] != print)
		at = (at + 1) % states->size;
	return at;
}

static void grow(struct states *states)
{
	struct states old = *states;

	states->size = old.size ? old.size * 2 : 1 << 16;
	states->prints = test_alloc(states->size * sizeof(uint64_t));
	states->paths = test_alloc(states->size * sizeof(size_t));
	for (size_t i = 0; i < old.size; i++) {
		size_t at = old.prints[i] ? place_of(states, old.prints[i]) : 0;

		if (!old.prints[i])
			continue;
		states->prints[at] = old.prints[i];
		states->paths[at] = old.paths[i];
	}
	free(old.prints);
	free(old.paths);
}

struct frontier {
	struct path *paths;
	size_t count, room;
};

static void push(struct frontier *frontier, const struct path *path)
{
	if (frontier->count == frontier->room) {
		frontier->room = frontier->room ? frontier->room * 2 : 1024;
		frontier->paths = realloc(frontier->paths,
					  frontier->room * sizeof(struct path));
		if (!frontier->paths)
			abort();
	}
	frontier->paths[frontier->count++] = *path;
}

/* The one that is gone through: said when the test ends with it. */
static struct path current;

static void say(const char *word)
{
	if (write(STDERR_FILENO, word, strlen(word)) < 0)
		_exit(1);
}

static void say_order(int number)
{
	(void)number;
	say("in this order:");
	for (int i = 0; i < current.length; i++) {
		const char which[] = {
			'-', (char)('0' + current.events[i].which), '\0'};

		say(" ");
		say(names[current.events[i].kind]);
		say(which);
	}
	say("\n");
	_exit(1);
}

static void replay(struct world *world, const struct path *path)
{
	current = *path;
	begin(world);
	for (int i = 0; i < path->length; i++)
		do_event(world, path->events[i]);
}

static int depth_of(int usual)
{
	const char *text = getenv("CAIFS_ORDERS_DEPTH");
	int depth = text ? atoi(text) : usual;

	return depth < MAX_DEPTH - READERS ? depth : MAX_DEPTH - READERS;
}

static struct event enabled[KINDS * SCRIPT_CALLS];

static size_t list_enabled(const struct world *world)
{
	size_t count = 0;

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned which = 0; which < SCRIPT_CALLS; which++) {
			const struct event event = {(uint8_t)kind,
						    (uint8_t)which};

			if (may(world, event))
				enabled[count++] = event;
		}
	return count;
}

struct search {
	struct states states;
	struct frontier now, next;
	size_t next_first; /* states from here on are of the next depth */
	uint64_t orders;   /* gone through */
};

static void note_state(struct search *search, uint64_t print,
		       const struct path *path)
{
	struct states *states = &search->states;
	size_t at = place_of(states, print);

	if (states->prints[at]) {
		/* Of the same depth: what comes after it is of both orders. */
		if (states->paths[at] >= search->next_first)
			search->next
				.paths[states->paths[at] - search->next_first]
				.orders += path->orders;
		return;
	}
	states->prints[at] = print;
	states->paths[at] = search->next_first + search->next.count;
	states->count++;
	push(&search->next, path);
	if (states->count * 2 > states->size)
		grow(states);
}

static void go_on_from(struct search *search, const struct path *from)
{
	static struct world world;
	struct path path = *from;
	size_t count;

	replay(&world, &path);
	count = list_enabled(&world);
	end(&world);
	for (size_t i = 0; i < count; i++) {
		uint64_t print;

		path.events[from->length] = enabled[i];
		path.length = (uint8_t)(from->length + 1);
		replay(&world, &path);
		check(&world);
		search->orders += path.orders;
		print = fingerprint(&world);
		end(&world);
		note_state(search, print, &path);
	}
}

/* `open`: from where all readers have their parts open. */
static void go_through_from(const struct shape (*of)[READERS], bool open)
{
	const int depth = depth_of(DEPTH) - open;
	struct search search = {.orders = 0};
	struct path start = {.orders = 1};

	shapes = of;
	for (unsigned r = 0; open && r < READERS; r++)
		start.events[start.length++] = (struct event){OPEN, (uint8_t)r};
	grow(&search.states);
	push(&search.now, &start);
	for (int d = 0; d < depth; d++) {
		struct frontier now = search.now;

		search.next_first += now.count;
		for (size_t i = 0; i < now.count; i++)
			go_on_from(&search, &now.paths[i]);
		search.now = search.next;
		search.next = now;
		search.next.count = 0;
	}
	print_message("# %" PRIu64 " orders of %d events%s, %zu states\n",
		      search.orders, depth, open ? " after all opened" : "",
		      search.states.count);
	free(search.states.prints);
	free(search.states.paths);
	free(search.now.paths);
	free(search.next.paths);
}

static void go_through(const struct shape (*of)[READERS])
{
	go_through_from(of, false);
	go_through_from(of, true);
}

/* --- Tests --- */

static int set_up(void **state)
{
	(void)state;
	fake_clock_reset();
	/* A failure ends the program, and the order is said. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	signal(SIGABRT, say_order);
	for (size_t p = 0; p < PARTS; p++)
		for (size_t v = 0; v < VERSIONS; v++)
			for (size_t i = 0; i < SIZE; i++)
				content[p][v][i] = (char)(i * 7 + i / 251 +
							  p * 89 + v * 31);
	return 0;
}

/* Two on one part and one on the other, all of it each: 6 blocks are wanted and
   there are 3. */
static void all_wanting_more_than_there_is(void **state)
{
	static const struct shape of[READERS] = {
		{0, 0, SIZE}, {0, 0, SIZE}, {1, 0, SIZE}};

	(void)state;
	go_through(&of);
}

/* Ranges that meet, begin within pages, and end with the part. */
static void some_wanting_pieces(void **state)
{
	static const struct shape of[READERS] = {
		{0, 0, DATA_BLOCK},
		{0, DATA_BLOCK - 5000, 10000},
		{1, DATA_BLOCK, SIZE - DATA_BLOCK}};

	(void)state;
	go_through(&of);
}

static void all_wanting_one_part(void **state)
{
	static const struct shape of[READERS] = {
		{0, 0, SIZE}, {0, 100, 5000}, {0, DATA_BLOCK + 100, 5000}};

	(void)state;
	go_through(&of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_wanting_more_than_there_is),
		cmocka_unit_test(some_wanting_pieces),
		cmocka_unit_test(all_wanting_one_part),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
