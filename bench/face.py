"""As much of S3 as s3fs needs: lists of keys, in files that nginx sends."""

import os
from xml.sax.saxutils import escape

PAGE = 1000


def entry(files, key):
    stat = os.stat(os.path.join(files, key))
    return (f"<Contents><Key>{escape(key)}</Key><Size>{stat.st_size}</Size>"
            "<LastModified>2024-01-08T02:30:00.000Z</LastModified>"
            "<ETag>&quot;0&quot;</ETag><StorageClass>STANDARD</StorageClass></Contents>")


def page(prefix, entries, marker):
    more = f"<NextMarker>{escape(marker)}</NextMarker>" if marker else ""
    return ('<?xml version="1.0" encoding="UTF-8"?>'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>bench</Name><Prefix>{escape(prefix)}</Prefix><Delimiter>/</Delimiter>"
            f"<MaxKeys>{PAGE}</MaxKeys><IsTruncated>{'true' if marker else 'false'}</IsTruncated>"
            f"{more}{''.join(entries)}</ListBucketResult>")


def write(files, folder):
    """One file for each page: PREFIX@MARKER, slashes being commas."""
    os.makedirs(folder)

    def put(prefix, marker, text):
        name = f"{prefix}@{marker}".replace("/", ",")
        with open(os.path.join(folder, name), "w", encoding="utf-8") as made:
            made.write(text)

    batches = sorted(os.listdir(files))
    put("", "", page("", [f"<CommonPrefixes><Prefix>{one}/</Prefix></CommonPrefixes>"
                          for one in batches], None))
    for one in batches:
        keys = [f"{one}/{name}" for name in sorted(os.listdir(os.path.join(files, one)))]
        for at in range(0, len(keys), PAGE):
            now = keys[at:at + PAGE]
            more = now[-1] if at + PAGE < len(keys) else None
            put(one + "/", keys[at - 1] if at else "",
                page(one + "/", [entry(files, key) for key in now], more))
