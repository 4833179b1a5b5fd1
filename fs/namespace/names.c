/* File names: see names.h. */

#include "names.h"

#include "caifs/hash.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

/* A hash replaces an ID whose written form might be longer. */
enum { ID_BYTES_MAX = 64 };

/* Bytes of the UTF-8 character at `s`; 0: not well-formed (Unicode 15, table
   3-7). */
static size_t utf8_length(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		length = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		length = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return length;
}

static bool is_dots(const char *original)
{
	return strcmp(original, ".") == 0 || strcmp(original, "..") == 0;
}

/* Writes the original's next unit, a character or an escaped byte, to `unit`
   (at most 4 bytes and a NUL). Returns how many bytes of the original it is. */
static size_t next_unit(const char *at, bool escape_all, char unit[5])
{
	const unsigned char *s = (const unsigned char *)at;
	size_t length = utf8_length(s);

	if (escape_all || length == 0 || s[0] < 0x20 || s[0] == 0x7f ||
	    s[0] == '/' || s[0] == '%') {
		snprintf(unit, 5, "%%%02X", s[0]);
		return 1;
	}
	memcpy(unit, at, length);
	unit[length] = '\0';
	return length;
}

/* Appends as many units of the original as fit in `max` bytes. `*ret_whole`:
   that was all of them. */
static int append_written(const char *original, size_t max, struct buffer *out,
			  bool *ret_whole)
{
	bool dots = is_dots(original);
	size_t used = 0;
	char unit[5];

	*ret_whole = true;
	while (*original) {
		size_t taken = next_unit(original, dots, unit);

		used += strlen(unit);
		if (used > max) {
			*ret_whole = false;
			return 0;
		}
		if (buffer_append_text(out, unit))
			return -ENOMEM;
		original += taken;
	}
	return 0;
}

/* Appends the ID in the form that it has in names. */
static int append_id(const char *id, struct buffer *out)
{
	XXH128_hash_t hash;
	bool whole;

	if (strlen(id) <= ID_BYTES_MAX / 3)
		return append_written(id, ID_BYTES_MAX, out, &whole);
	if (strlen(id) <= ID_BYTES_MAX && !strpbrk(id, "/%")) {
		size_t before = out->size;

		if (append_written(id, ID_BYTES_MAX, out, &whole))
			return -ENOMEM;
		if (whole)
			return 0;
		out->size = before;
	}
	hash = XXH3_128bits(id, strlen(id));
	return buffer_printf(out, "%016llx%016llx",
			     (unsigned long long)hash.high64,
			     (unsigned long long)hash.low64);
}

/* Appends as much of the original as leaves room for "~ID", and that. */
static int append_cut(const char *original, const char *id, struct buffer *out)
{
	struct buffer tail;
	bool whole;
	int err;

	buffer_init(&tail, NAME_BYTES_MAX);
	err = buffer_append_text(&tail, "~") || append_id(id, &tail) ||
	      append_written(original, NAME_BYTES_MAX - tail.size, out,
			     &whole) ||
	      buffer_append(out, tail.data, tail.size);
	buffer_finish(&tail);
	return err ? -ENOMEM : 0;
}

int name_plain(const char *original, const char *id, struct buffer *out)
{
	size_t before = out->size;
	bool whole;

	if (!*original)
		return append_id(id, out);
	if (append_written(original, NAME_BYTES_MAX, out, &whole))
		return -ENOMEM;
	if (whole)
		return 0;
	out->size = before;
	return append_cut(original, id, out);
}

int name_marked(const char *original, const char *id, struct buffer *out)
{
	size_t before = out->size;
	bool whole;

	if (append_written(original, NAME_BYTES_MAX, out, &whole) ||
	    buffer_append_text(out, " [") || append_id(id, out) ||
	    buffer_append_text(out, "]"))
		return -ENOMEM;
	if (whole && out->size - before <= NAME_BYTES_MAX)
		return 0;
	out->size = before;
	return append_cut(original, id, out);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int name_original(const char *name, struct buffer *out)
{
	for (; *name; name++) {
		char c = *name;

		if (c == '%') {
			int high = hex_value(name[1]);
			int low = high < 0 ? -1 : hex_value(name[2]);

			if (low < 0)
				return -EBADMSG;
			c = (char)(high * 16 + low);
			name += 2;
		}
		if (buffer_append(out, &c, 1))
			return -ENOMEM;
	}
	return 0;
}

static size_t count_of(const char *name, int (*is)(int))
{
	size_t count = 0;

	while (is((unsigned char)name[count]))
		count++;
	return count;
}

bool name_is_id(const char *name)
{
	static const size_t groups[] = {8, 4, 4, 4, 12};
	size_t length = strlen(name);

	if (length == 24 || length == 32)
		return count_of(name, isxdigit) == length;
	if (length == 26)
		return name[0] == '0' && count_of(name, isalnum) == length;
	if (length != 36)
		return false;
	for (size_t i = 0; i < 5; i++) {
		if (count_of(name, isalnum) != groups[i])
			return false;
		name += groups[i];
		if (*name != (i < 4 ? '-' : '\0'))
			return false;
		name++;
	}
	return true;
}

/* --- Assigning --- */

/* The forms of a name. An item whose name is not unique takes a later form. */
enum { PLAIN, MARKED, HASHED };

struct tally {
	size_t count, plain; /* items of this name; those still PLAIN */
	UT_hash_handle hh;
	const char *name; /* borrowed from the items */
};

static void free_tallies(struct tally **tallies)
{
	struct tally *tally, *next;

	HASH_ITER (hh, *tallies, tally, next) {
		HASH_DEL(*tallies, tally);
		free(tally);
	}
}

static struct tally *find_tally(struct tally *tallies, const char *name)
{
	size_t length = strlen(name);
	struct tally *tally;

	HASH_FIND(hh, tallies, name, length, tally);
	return tally;
}

static int tally_up(struct tally **tallies, const struct naming *items,
		    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct tally *tally = find_tally(*tallies, items[i].name);

		if (!tally) {
			tally = calloc(1, sizeof(*tally));
			if (!tally)
				return -ENOMEM;
			tally->name = items[i].name;
			HASH_ADD_KEYPTR(hh, *tallies, tally->name,
					strlen(tally->name), tally);
			if (!tally->hh.tbl) {
				free(tally);
				return -ENOMEM;
			}
		}
		tally->count++;
		tally->plain += !items[i].fixed && items[i].form == PLAIN;
	}
	return 0;
}

/* The hash of both, for names that collide even with their IDs, which only a
   hostile server can cause. */
static int append_hash(const char *original, const char *id, struct buffer *out)
{
	XXH64_hash_t seed = XXH3_64bits(id, strlen(id));
	XXH128_hash_t hash =
		XXH3_128bits_withSeed(original, strlen(original), seed);

	return buffer_printf(out, "~%016llx%016llx",
			     (unsigned long long)hash.high64,
			     (unsigned long long)hash.low64);
}

/* Sets the item's name in its form. */
static int set_name(struct naming *item)
{
	static int (*const forms[])(const char *, const char *,
				    struct buffer *) = {
		[PLAIN] = name_plain,
		[MARKED] = name_marked,
		[HASHED] = append_hash,
	};
	struct buffer name;

	buffer_init(&name, 1024);
	if (forms[item->form](item->original, item->id, &name)) {
		buffer_finish(&name);
		return -ENOMEM;
	}
	if (name.size == 0) { /* neither name nor ID */
		buffer_finish(&name);
		return -EINVAL;
	}
	free(item->name);
	item->name = buffer_steal(&name);
	return 0;
}

/* The form that `item` must take, given the items of its name. */
static int form_needed(const struct naming *item, const struct tally *tally,
		       bool taken)
{
	if (tally->count == 1 && !taken)
		return item->form;
	if (item->form == PLAIN)
		return MARKED;
	/* A marked name stays while a plain item of that name can change. */
	return tally->plain && !taken ? item->form : HASHED;
}

int names_assign(struct naming *items, size_t count,
		 bool (*taken)(void *data, const char *name, const char *id),
		 void *data)
{
	/* A marked name can equal another item's plain name, and so on. Only
	   a contrived chain takes more than a few rounds: what still collides
	   in the last two is hashed. */
	enum { ROUNDS = 8 };
	bool changed = true;
	int err = 0;

	for (size_t i = 0; i < count; i++) {
		items[i].form = PLAIN;
		if (!items[i].fixed && !err)
			err = set_name(&items[i]);
	}
	for (int round = 0; changed && round < ROUNDS && !err; round++) {
		struct tally *tallies = NULL;

		changed = false;
		err = tally_up(&tallies, items, count);
		for (size_t i = 0; i < count && !err; i++) {
			struct naming *item = &items[i];
			int form;

			item->move = false;
			if (item->fixed)
				continue;
			form = form_needed(item,
					   find_tally(tallies, item->name),
					   taken(data, item->name, item->id));
			if (form == item->form)
				continue;
			item->form = round < ROUNDS - 2 ? form : HASHED;
			item->move = changed = true;
		}
		free_tallies(&tallies);
		for (size_t i = 0; changed && i < count && !err; i++)
			if (items[i].move)
				err = set_name(&items[i]);
	}
	return err;
}
