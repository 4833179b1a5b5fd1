/* The names of a parquet file's columns: see caifs/parquet.h. */

#include "caifs/parquet.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "thrift.h"

/* Field ids of parquet.thrift that are used here. */
enum {
	FILE_SCHEMA = 2,
	ELEMENT_NAME = 4,
	ELEMENT_CHILDREN = 5,
};

/* The schema lists a tree's elements, each before its children. */
struct element {
	const char *name;
	size_t name_size;
	int64_t children; /* 0: a leaf */
};

/* An element whose children are being read. */
struct level {
	int64_t left;	  /* children */
	size_t path_size; /* of the elements down to it, with a dot at the end
			   */
};

/* A walk through the schema: one measures the names, the next writes them. */
struct walk {
	struct level levels[THRIFT_MAX_DEPTH];
	size_t depth;
	size_t leaves, bytes;	  /* so far */
	struct parquet_names *to; /* NULL: measures */
	char *at;		  /* where the next name goes */
	const char *parts[THRIFT_MAX_DEPTH];
	size_t part_sizes[THRIFT_MAX_DEPTH];
};

static int find_schema(struct thrift *thrift, struct thrift_list *ret_list)
{
	struct thrift_field field = {0};

	for (;;) {
		if (thrift_next_field(thrift, &field) ||
		    field.type == THRIFT_STOP)
			return -EINVAL;
		if (field.id == FILE_SCHEMA)
			break;
		if (thrift_skip(thrift, field.type))
			return -EINVAL;
	}
	if (field.type != THRIFT_LIST || thrift_list_header(thrift, ret_list) ||
	    ret_list->count == 0 || ret_list->type != THRIFT_STRUCT)
		return -EINVAL;
	return 0;
}

static int read_element(struct thrift *thrift, struct element *ret_element)
{
	struct element element = {0};
	struct thrift_field field = {0};
	int r;

	for (;;) {
		if (thrift_next_field(thrift, &field))
			return -EINVAL;
		if (field.type == THRIFT_STOP)
			break;
		if (field.id == ELEMENT_NAME && field.type == THRIFT_BINARY)
			r = thrift_binary(thrift, &element.name,
					  &element.name_size);
		else if (field.id == ELEMENT_CHILDREN)
			r = thrift_number(thrift, field.type,
					  &element.children);
		else
			r = thrift_skip(thrift, field.type);
		if (r)
			return -EINVAL;
	}
	if (!element.name || element.children < 0 ||
	    memchr(element.name, '\0', element.name_size))
		return -EINVAL;
	*ret_element = element;
	return 0;
}

static int add_leaf(struct walk *walk, const struct element *leaf)
{
	const struct level *in = &walk->levels[walk->depth - 1];

	walk->bytes += in->path_size + leaf->name_size + 1;
	if (walk->bytes > PARQUET_MAX_NAMES / 2)
		return -EINVAL;
	if (walk->to) {
		walk->to->names[walk->leaves] = walk->at;
		for (size_t i = 1; i < walk->depth; i++) {
			memcpy(walk->at, walk->parts[i], walk->part_sizes[i]);
			walk->at += walk->part_sizes[i];
			*walk->at++ = '.';
		}
		memcpy(walk->at, leaf->name, leaf->name_size);
		walk->at += leaf->name_size;
		*walk->at++ = '\0';
	}
	walk->leaves++;
	return 0;
}

/* The root's name is not part of its columns' names. */
static int enter(struct walk *walk, const struct element *element)
{
	size_t before =
		walk->depth > 0 ? walk->levels[walk->depth - 1].path_size : 0;
	bool root = walk->depth == 0;

	if (walk->depth == THRIFT_MAX_DEPTH)
		return -EINVAL;
	walk->parts[walk->depth] = element->name;
	walk->part_sizes[walk->depth] = element->name_size;
	walk->levels[walk->depth++] = (struct level){
		.left = element->children,
		.path_size = root ? 0 : before + element->name_size + 1,
	};
	return 0;
}

/* -EINVAL: an element has no parent, or a parent lacks children. */
static int walk_schema(struct walk *walk, struct thrift thrift,
		       struct thrift_list list)
{
	for (uint32_t i = 0; i < list.count; i++) {
		struct element element;

		if (read_element(&thrift, &element))
			return -EINVAL;
		if (i > 0) {
			if (walk->depth == 0)
				return -EINVAL;
			walk->levels[walk->depth - 1].left--;
		}
		if (i > 0 && element.children == 0) {
			if (add_leaf(walk, &element))
				return -EINVAL;
		} else if (enter(walk, &element)) {
			return -EINVAL;
		}
		while (walk->depth && walk->levels[walk->depth - 1].left == 0)
			walk->depth--;
	}
	return walk->depth ? -EINVAL : 0;
}

int parquet_names_decode(const char *bytes, size_t size,
			 struct parquet_names **ret_names)
{
	struct thrift thrift = thrift_begin(bytes, size);
	struct walk measured = {.to = NULL}, written = {.to = NULL};
	struct thrift_list list;
	struct parquet_names *names;
	size_t room;

	if (find_schema(&thrift, &list) || walk_schema(&measured, thrift, list))
		return -EINVAL;
	room = sizeof(*names) + measured.leaves * sizeof(names->names[0]);
	if (room + measured.bytes > PARQUET_MAX_NAMES)
		return -EINVAL;
	names = malloc(room + measured.bytes);
	if (!names)
		return -ENOMEM;
	names->count = measured.leaves;
	written.to = names;
	written.at = (char *)names + room;
	walk_schema(&written, thrift, list);
	*ret_names = names;
	return 0;
}
