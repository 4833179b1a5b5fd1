"""The fault matrix: every condition of the platform, by every way in."""

from row import Row
from rows_bytes import BYTES
from rows_cache import CACHE
from rows_hosts import HOSTS, NTH
from rows_listings import LISTINGS
from rows_tokens import TOKENS

CONDITIONS = BYTES + LISTINGS + TOKENS + HOSTS + NTH + CACHE
ROWS = [Row(condition, way) for condition in CONDITIONS for way in condition.ways]
assert len({row.id for row in ROWS}) == len(ROWS)
