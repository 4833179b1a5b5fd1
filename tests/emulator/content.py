"""Synthetic bytes: a pure function of (seed, offset, length).

Every aligned 4 KiB page starts with its own number and the seed and goes on
with a slice of a pseudo-random base, taken at a place that depends on both.
Two pages therefore never hold the same bytes, and no shift maps a file onto
itself: a byte put in the wrong place is always seen.
"""

import hashlib
import struct

PAGE = 4096
STAMP = 16
REST = PAGE - STAMP
MASK = (1 << 64) - 1
TURNS = 1 << 20                       # places at which a page may cut the base
BASE = hashlib.shake_256(b"caifs emulator").digest(TURNS + PAGE)

_pack = struct.Struct("<QQ").pack
_base = memoryview(BASE)                # its slices copy nothing


def _turn(seed, page):
    """Where page `page` of file `seed` cuts the base (a 64-bit mixer)."""
    x = (page * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 + 1) & MASK
    x ^= x >> 31
    x = (x * 0xBF58476D1CE4E5B9) & MASK
    return (x ^ (x >> 29)) & (TURNS - 1)


def read(seed, offset, length):
    """The `length` bytes at `offset` of the file that `seed` stands for."""
    if length <= 0:
        return b""
    seed &= MASK
    first = offset // PAGE
    last = (offset + length - 1) // PAGE
    pieces = []
    add = pieces.append
    for page in range(first, last + 1):
        turn = _turn(seed, page)
        add(_pack(page, seed))
        add(_base[turn:turn + REST])
    whole = b"".join(pieces)
    skip = offset - first * PAGE
    if skip == 0 and len(whole) == length:
        return whole
    return whole[skip:skip + length]


def seed_of(seed, part=0, batch=0, dataset=0):
    """The seed of a part made by `repeat`: one of its own for every counter."""
    return seed + part + 1_000_003 * batch + 1_000_000_007 * dataset
