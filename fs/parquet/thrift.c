/* The thrift compact protocol, bounded: see thrift.h. */

#include "thrift.h"

#include <errno.h>
#include <stdbool.h>

enum { LONG_LIST = 15, UUID_BYTES = 16, DOUBLE_BYTES = 8 };

/* A container value that is being skipped. */
struct level {
	uint64_t left;		   /* elements; of a map, keys and values */
	struct thrift_field field; /* of a struct */
	uint8_t type;
	uint8_t even, odd; /* element types, for even and odd `left` */
};

static size_t left(const struct thrift *thrift)
{
	return (size_t)(thrift->end - thrift->at);
}

static int take(struct thrift *thrift, uint64_t bytes)
{
	if (bytes > left(thrift))
		return -EINVAL;
	thrift->at += bytes;
	return 0;
}

static int byte(struct thrift *thrift, uint8_t *ret_byte)
{
	if (thrift->at == thrift->end)
		return -EINVAL;
	*ret_byte = *thrift->at++;
	return 0;
}

struct thrift thrift_begin(const char *bytes, size_t size)
{
	const unsigned char *at = (const unsigned char *)bytes;

	return (struct thrift){.at = at, .end = at + size};
}

int thrift_varint(struct thrift *thrift, uint64_t *ret_number)
{
	uint64_t number = 0;
	uint8_t next;

	for (int shift = 0; shift < 64; shift += 7) {
		if (byte(thrift, &next))
			return -EINVAL;
		if (shift == 63 && next > 1) /* the 65th bit, or no end */
			return -EINVAL;
		number |= (uint64_t)(next & 0x7f) << shift;
		if (next < 0x80) {
			*ret_number = number;
			return 0;
		}
	}
	return -EINVAL;
}

static int zigzag(struct thrift *thrift, int64_t *ret_number)
{
	uint64_t number;

	if (thrift_varint(thrift, &number))
		return -EINVAL;
	/* 0, -1, 1, -2, 2: the sign is the lowest bit. */
	*ret_number = number & 1 ? -1 - (int64_t)(number >> 1)
				 : (int64_t)(number >> 1);
	return 0;
}

int thrift_number(struct thrift *thrift, uint8_t type, int64_t *ret_number)
{
	int64_t number, max;
	uint8_t one;

	switch (type) {
	case THRIFT_I8:
		if (byte(thrift, &one))
			return -EINVAL;
		*ret_number = one < 0x80 ? one : one - 0x100;
		return 0;
	case THRIFT_I16:
		max = INT16_MAX;
		break;
	case THRIFT_I32:
		max = INT32_MAX;
		break;
	case THRIFT_I64:
		max = INT64_MAX;
		break;
	default:
		return -EINVAL;
	}
	if (zigzag(thrift, &number) || number > max || number < -1 - max)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

int thrift_binary(struct thrift *thrift, const char **ret_bytes,
		  size_t *ret_size)
{
	const unsigned char *start;
	uint64_t size;

	if (thrift_varint(thrift, &size))
		return -EINVAL;
	start = thrift->at;
	if (take(thrift, size))
		return -EINVAL;
	*ret_bytes = (const char *)start;
	*ret_size = (size_t)size;
	return 0;
}

int thrift_next_field(struct thrift *thrift, struct thrift_field *field)
{
	int64_t id;
	uint8_t head;

	if (byte(thrift, &head))
		return -EINVAL;
	if (head == THRIFT_STOP) {
		field->type = THRIFT_STOP;
		return 0;
	}
	if ((head & 0x0f) == THRIFT_STOP || (head & 0x0f) > THRIFT_UUID)
		return -EINVAL;
	if (head >> 4)
		id = field->id + (head >> 4);
	else if (thrift_number(thrift, THRIFT_I16, &id))
		return -EINVAL;
	if (id > INT16_MAX)
		return -EINVAL;
	field->id = (int16_t)id;
	field->type = head & 0x0f;
	return 0;
}

static bool is_element(uint8_t type)
{
	return type >= THRIFT_TRUE && type <= THRIFT_UUID;
}

/* The fewest bytes that a value of this type takes. */
static uint64_t min_bytes(uint8_t type)
{
	if (type == THRIFT_UUID)
		return UUID_BYTES;
	return type == THRIFT_DOUBLE ? DOUBLE_BYTES : 1;
}

int thrift_list_header(struct thrift *thrift, struct thrift_list *ret_list)
{
	uint64_t count;
	uint8_t head, type;

	if (byte(thrift, &head))
		return -EINVAL;
	type = head & 0x0f;
	count = head >> 4;
	if (count == LONG_LIST && thrift_varint(thrift, &count))
		return -EINVAL;
	/* An empty list may have no type. */
	if (!is_element(type) && (type || count))
		return -EINVAL;
	if (count > THRIFT_MAX_ELEMENTS ||
	    count * min_bytes(type) > left(thrift))
		return -EINVAL;
	*ret_list = (struct thrift_list){
		.count = (uint32_t)count,
		.type = type,
	};
	return 0;
}

int thrift_map_header(struct thrift *thrift, struct thrift_map *ret_map)
{
	uint64_t count;
	uint8_t types, key, value;

	if (thrift_varint(thrift, &count))
		return -EINVAL;
	if (count == 0) {
		*ret_map = (struct thrift_map){0};
		return 0;
	}
	if (byte(thrift, &types))
		return -EINVAL;
	key = types >> 4;
	value = types & 0x0f;
	if (!is_element(key) || !is_element(value) ||
	    count > THRIFT_MAX_ELEMENTS ||
	    count * (min_bytes(key) + min_bytes(value)) > left(thrift))
		return -EINVAL;
	*ret_map = (struct thrift_map){
		.count = (uint32_t)count,
		.key = key,
		.value = value,
	};
	return 0;
}

/* Skips a value that is no container. */
static int skip_plain(struct thrift *thrift, uint8_t type)
{
	const char *bytes;
	int64_t number;
	size_t size;

	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		return take(thrift, 1);
	case THRIFT_DOUBLE:
		return take(thrift, DOUBLE_BYTES);
	case THRIFT_UUID:
		return take(thrift, UUID_BYTES);
	case THRIFT_BINARY:
		return thrift_binary(thrift, &bytes, &size);
	default:
		return thrift_number(thrift, type, &number);
	}
}

/* Reads the header of a container. */
static int enter(struct thrift *thrift, uint8_t type, struct level *ret_level)
{
	struct level level = {.type = type};
	struct thrift_list list;
	struct thrift_map map;

	if (type == THRIFT_MAP) {
		if (thrift_map_header(thrift, &map))
			return -EINVAL;
		level.left = 2 * (uint64_t)map.count;
		level.even = map.key;
		level.odd = map.value;
	} else if (type != THRIFT_STRUCT) {
		if (thrift_list_header(thrift, &list))
			return -EINVAL;
		level.left = list.count;
		level.even = level.odd = list.type;
	}
	*ret_level = level;
	return 0;
}

/* The type of the next value at this level; THRIFT_STOP: there is no other. */
static int next_value(struct thrift *thrift, struct level *level,
		      uint8_t *ret_type)
{
	if (level->type != THRIFT_STRUCT) {
		if (level->left == 0)
			*ret_type = THRIFT_STOP;
		else
			*ret_type =
				level->left-- % 2 ? level->odd : level->even;
		return 0;
	}
	/* A boolean field has no bytes besides its header. */
	do {
		if (thrift_next_field(thrift, &level->field))
			return -EINVAL;
	} while (level->field.type == THRIFT_TRUE ||
		 level->field.type == THRIFT_FALSE);
	*ret_type = level->field.type;
	return 0;
}

static bool has_values(uint8_t type)
{
	return type >= THRIFT_LIST && type <= THRIFT_STRUCT;
}

/* An explicit stack, no recursion: the bytes choose the depth. */
int thrift_skip_element(struct thrift *thrift, uint8_t type)
{
	struct level levels[THRIFT_MAX_DEPTH];
	int depth = 0;

	if (!has_values(type))
		return skip_plain(thrift, type);
	if (enter(thrift, type, &levels[depth++]))
		return -EINVAL;
	while (depth) {
		if (next_value(thrift, &levels[depth - 1], &type))
			return -EINVAL;
		if (type == THRIFT_STOP) {
			depth--;
		} else if (!has_values(type)) {
			if (skip_plain(thrift, type))
				return -EINVAL;
		} else if (depth == THRIFT_MAX_DEPTH ||
			   enter(thrift, type, &levels[depth++])) {
			return -EINVAL;
		}
	}
	return 0;
}

int thrift_skip(struct thrift *thrift, uint8_t type)
{
	if (type == THRIFT_TRUE || type == THRIFT_FALSE)
		return 0;
	return thrift_skip_element(thrift, type);
}
