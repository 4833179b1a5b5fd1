#ifndef CAIFS_DATA_THRIFT_H
#define CAIFS_DATA_THRIFT_H

/*
 * Walks bytes in thrift's compact protocol
 * (https://github.com/apache/thrift, doc/specs/thrift-compact-protocol.md).
 * The caller steps through the structs it knows and skips the rest.
 *
 * The bytes are not trusted: nothing is read beyond `end`, nothing is
 * allocated, and since each element of a list takes a byte at the least and
 * none may promise more than there is, the work is in proportion to the bytes.
 *
 * Each call returns -EINVAL for bytes that are not the protocol or go over a
 * ceiling; the walker is of no use after that. Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

enum {
	THRIFT_MAX_DEPTH = 32, /* structs and lists within a skipped value */
	THRIFT_MAX_ELEMENTS = 1000000, /* of one list, set or map */
};

enum thrift_type {
	THRIFT_STOP = 0,
	THRIFT_TRUE = 1, /* of a field: the value is the type */
	THRIFT_FALSE = 2,
	THRIFT_I8 = 3,
	THRIFT_I16 = 4,
	THRIFT_I32 = 5,
	THRIFT_I64 = 6,
	THRIFT_DOUBLE = 7,
	THRIFT_BINARY = 8,
	THRIFT_LIST = 9,
	THRIFT_SET = 10,
	THRIFT_MAP = 11,
	THRIFT_STRUCT = 12,
	THRIFT_UUID = 13,
};

struct thrift {
	const unsigned char *at, *end; /* what is left */
};

/* Where a struct is; all zero before its first field. */
struct thrift_field {
	int16_t id;
	uint8_t type; /* THRIFT_STOP: the struct has ended */
};

struct thrift_list {
	uint32_t count;
	uint8_t type; /* of the elements */
};

struct thrift_map {
	uint32_t count;
	uint8_t key, value; /* types; both 0 in an empty map */
};

struct thrift thrift_begin(const char *bytes, size_t size);

/* An unsigned number of up to 64 bits. */
int thrift_varint(struct thrift *thrift, uint64_t *ret_number);

/* The value of a field or element that is an I8, I16, I32 or I64; any other
   type is -EINVAL, and so is a number too wide for its type. */
int thrift_number(struct thrift *thrift, uint8_t type, int64_t *ret_number);

/* A length and so many bytes; `*ret_bytes` points into the buffer. */
int thrift_binary(struct thrift *thrift, const char **ret_bytes,
		  size_t *ret_size);

/* The header of the next field, whose value is to be read or skipped. */
int thrift_next_field(struct thrift *thrift, struct thrift_field *field);

/* Of a list or set; the elements follow. */
int thrift_list_header(struct thrift *thrift, struct thrift_list *ret_list);

/* Of a map; keys and values follow in turn. */
int thrift_map_header(struct thrift *thrift, struct thrift_map *ret_map);

/* Past the value of a field of that type. */
int thrift_skip(struct thrift *thrift, uint8_t type);

/* Past an element of a list, set or map: unlike a field, a boolean has a
   byte of its own there. */
int thrift_skip_element(struct thrift *thrift, uint8_t type);

#endif
