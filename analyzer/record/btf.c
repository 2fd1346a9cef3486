// SPDX-License-Identifier: GPL-2.0-only
/*
 * btf.c - see btf.h.
 *
 * The data: a header of 24 bytes, types, strings. A type is 12 bytes and a tail whose length
 * follows from its kind and its number of members; types are numbered in the order in which they
 * stand. All lengths are checked before use: the file may be anybody's when the root is not this
 * machine's.
 */
#include "record/btf.h"

#include <errno.h>
#include <stdlib.h>

#define BTF_MAGIC  0xeb9f
#define HEADER_LEN 24
#define TYPE_LEN   12
#define MEMBER_LEN 12
#define DEPTH_MAX  8 /* unnamed structs inside each other */

enum {
	KIND_INT = 1,
	KIND_PTR,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FWD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNC,
	KIND_FUNC_PROTO,
	KIND_VAR,
	KIND_DATASEC,
	KIND_FLOAT,
	KIND_DECL_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
	NR_KINDS
};

/* Bytes behind a type's first 12: a fixed part and a part for each member. */
static const struct {
	u8 fixed, each;
} tails[NR_KINDS] = {
	[KIND_INT] = { 4, 0 },
	[KIND_ARRAY] = { 12, 0 },
	[KIND_STRUCT] = { 0, MEMBER_LEN },
	[KIND_UNION] = { 0, MEMBER_LEN },
	[KIND_ENUM] = { 0, 8 },
	[KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 },
	[KIND_DATASEC] = { 0, 12 },
	[KIND_DECL_TAG] = { 4, 0 },
	[KIND_ENUM64] = { 0, 12 },
};

static u32 kind_of(const char *type)
{
	return load32(type + 4) >> 24 & 0x1f;
}

static u32 members_of(const char *type)
{
	return load32(type + 4) & 0xffff;
}

/* NULL: out of bounds. */
static const char *string_at(const struct btf *b, u32 off)
{
	if (off < b->strings_base)
		return b->base_strings + off;
	if (off - b->strings_base >= b->strings_len)
		return NULL;
	return b->strings + (off - b->strings_base);
}

/*
 * Checks the header; where types and strings are. The file ends with a NUL that host_slurp() added.
 */
static int read_header(struct btf *b, const char *data, size_t len)
{
	u64 hdr, type_off, type_len, str_off, str_len;

	if (len < HEADER_LEN || load16(data) != BTF_MAGIC)
		return -EBADMSG;
	hdr = load32(data + 4);
	type_off = load32(data + 8);
	type_len = load32(data + 12);
	str_off = load32(data + 16);
	str_len = load32(data + 20);
	if (hdr + type_off + type_len > len || hdr + str_off + str_len > len)
		return -EBADMSG;
	b->types = data + hdr + type_off;
	b->types_end = b->types + type_len;
	b->strings = data + hdr + str_off;
	b->strings_len = (u32)str_len;
	return 0;
}

static int index_types(struct btf *b)
{
	const char *type = b->types;
	u32 room = 0;

	while (type < b->types_end) {
		u64 left = (u64)(b->types_end - type), len;
		u32 kind;

		if (left < TYPE_LEN)
			return -EBADMSG;
		kind = kind_of(type);
		if (!kind || kind >= NR_KINDS)
			return -EBADMSG;
		len = TYPE_LEN + tails[kind].fixed + (u64)tails[kind].each * members_of(type);
		if (len > left)
			return -EBADMSG;
		if (b->nr_types == room) {
			u32 *grown = realloc(b->at,
					     (room = room ? 2 * room : 4096) * sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			b->at = grown;
		}
		b->at[b->nr_types++] = (u32)(type - b->types);
		type += len;
	}
	return 0;
}

/*
 * A module's strings are numbered behind those of vmlinux, and a name that is among those is not in
 * the module's.
 */
static int read_base(struct btf *b, const struct host *h)
{
	struct btf kernel = { 0 };
	size_t len;
	int ret;

	b->base_data = host_slurp(h, "/sys/kernel/btf/vmlinux", &len);
	ret = b->base_data ? read_header(&kernel, b->base_data, len) : -errno;
	b->base_strings = kernel.strings;
	b->strings_base = kernel.strings_len;
	return ret;
}

int btf_open(struct btf *b, const struct host *h, const char *module)
{
	bool split = strcmp(module, "vmlinux");
	char path[64];
	size_t len;
	int ret;

	*b = (struct btf){ .first_id = !split };
	if (strlen(module) > 40)
		return -ENOENT;
	strcat(strcpy(path, "/sys/kernel/btf/"), module);
	b->data = host_slurp(h, path, &len);
	if (!b->data)
		return -errno;
	ret = read_header(b, b->data, len);
	if (!ret && split)
		ret = read_base(b, h);
	return ret ? ret : index_types(b);
}

void btf_release(struct btf *b)
{
	free(b->data);
	free(b->base_data);
	free(b->at);
	*b = (struct btf){ 0 };
}

static const char *find_struct(const struct btf *b, const char *name)
{
	for (u32 i = 0; i < b->nr_types; i++) {
		const char *type = b->types + b->at[i];
		const char *s = kind_of(type) == KIND_STRUCT ? string_at(b, load32(type)) : NULL;

		if (s && !strcmp(s, name))
			return type;
	}
	return NULL;
}

bool btf_has_struct(const struct btf *b, const char *name)
{
	return find_struct(b, name);
}

/* In bits, from the beginning of the struct or union; -ENOENT. */
static s64 member_bits(const struct btf *b, const char *type, const char *member, int depth)
{
	bool bitfields = load32(type + 4) >> 31;

	for (u32 i = 0; i < members_of(type); i++) {
		const char *m = type + TYPE_LEN + i * MEMBER_LEN;
		const char *s = string_at(b, load32(m));
		u32 id = load32(m + 4), off = load32(m + 8);
		const char *inner;
		s64 bits;

		if (bitfields)
			off &= 0xffffff;
		if (s && !strcmp(s, member))
			return off;
		if ((s && *s) || !b->first_id || id < b->first_id ||
		    id - b->first_id >= b->nr_types || depth == DEPTH_MAX)
			continue;
		inner = b->types + b->at[id - b->first_id];
		if (kind_of(inner) != KIND_STRUCT && kind_of(inner) != KIND_UNION)
			continue;
		bits = member_bits(b, inner, member, depth + 1);
		if (bits >= 0)
			return off + bits;
	}
	return -ENOENT;
}

s64 btf_member_offset(const struct btf *b, const char *name, const char *member)
{
	const char *type = find_struct(b, name);
	s64 bits = type ? member_bits(b, type, member, 0) : -ENOENT;

	if (bits < 0)
		return bits;
	return bits % 8 ? -EBADMSG : bits / 8;
}
