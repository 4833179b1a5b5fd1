"""The switches: choices the contract leaves open, each with its default.

A world file sets them under "switches", a test with {"set": {name: value}}.
"""

DEFAULTS = {
    # Gateway and IMS (contract 1.4, 2)
    "gateway_order": ["token", "org", "key", "sandbox"],
    "sandbox_required": True,       # a missing x-sandbox-name is 400003
    "sandbox_error": "problem",     # an unknown one (contract 9): problem, gateway, 404, 400
    "accept": "any",                # "enforced": who does not accept JSON or bytes gets 406
    "ims_versions": ["v2", "v3"],   # the token paths that are there (contract 2.1)
    "token_lifetime_s": 86399,
    "token_unit": "s",              # "ms": as the JWT exchange did (contract 2.2)
    "revocation_lag_s": 0,          # the gateway caches validations (contract 1.4)
    "ims_error_status": 400,
    "max_in_flight": 0,             # more than so many at once get a 500 (contract 5)
    "response_limit_s": 60,         # the documented limit (contract 5); 0 = none
    "gzip": "catalog",              # who compresses JSON when asked: all, none
    # Catalog (contract 3)
    "page_size": None,              # Data Access page; None takes the world's
    "empty_list": "object",         # "404": a list without members is not found
    "multi_missing": "omit",        # "404": one unknown id spoils a multi-get
    "missing_object": "404",        # "empty": a look-up of an unknown id is 200 and {}
    "malformed_id": "404",          # "400": what cannot be an id of that kind is refused
    "ignored_params": [],           # parameters of lists that go unheard, such as "property"
    "batch_filter": "any",          # "ingest": `batch=` knows Data Access's ids alone
    "object_etag": True,            # look-ups of one object carry an E-Tag (contract 3.1)
    "related_order": "dataset_first",   # or "batch_first"
    "shuffle_members": False,       # JSON objects promise no order (contract 3.1)
    "dataset_files": False,         # the endpoint that left the yaml (contract 3.7)
    # Data Access (contract 4)
    "served_statuses": ["success", "active", "inactive"],   # or "all"
    "unserved": "empty",            # their file lists: empty, 404, 403
    "unknown_batch": "404",         # 404, empty, 403 (contract 9)
    "accept_any_id": False,         # key, id and externalId all name a batch
    "shape": "A",                   # "C": bare array, numeric lengths
    "numeric_length": False,        # shape A with numbers
    "nested": "flat",               # "dirs": a listing shows directories
    "page_count": "page",           # "total", or a number
    "page_limit": "used",           # or a number: what `_page.limit` claims
    "cursor": "name",               # "opaque": not even a file name
    "href_form": "absolute",        # "path": without scheme and host
    "href_host": "platform.adobe.io",
    "href_scheme": "https",
    "href_port": ":443",            # "" for the other form
    "href_path": "encoded",         # "raw" leaves / = + as they are
    "etag": False,                  # True, or "weak"; with If-Match and If-Range
    "last_modified": False,
    "accept_ranges": True,
    "ranges": True,                 # False: every Range gets 200 and the whole
    "clamp_range": True,            # False: Content-Range keeps the asked end
    "range_at_most": 0,             # a 206 has no more bytes than this (contract 4.5); 0 = all
    "past_end": "416",              # "empty": 206 without bytes
    "access_errors": "problem",     # gateway, empty, text (contract 4.8)
    # Writing (contract 3.1, 6)
    "content_type": "enforced",     # "any": a body need not be said to be JSON
    "created_ref": "@/dataSets/",   # how the answer to a creation names the dataset
    "dataset_names": "any",         # "unique": a name taken is a 400
    "created_lag_ms": 0,            # datasets and export jobs are seen so much later
    # The profile service (contract 6)
    "export_life": [{"status": "NEW", "polls": 1}, {"status": "PROCESSING", "polls": 2},
                    {"status": "SUCCEEDED"}],
    "segment_job_life": [{"status": "NEW", "polls": 1}, {"status": "PROCESSING", "polls": 1},
                         {"status": "SUCCEEDED"}],
    "segment_jobs_at_most": 0,      # more than so many under way: 429; 0 = any number
    "cancelled_export": "FAILED",   # what it shows then; "gone": 404
    "union_check": "400",           # dataset not on the union schema: "failed" job, "none"
    "unevaluated": "failed",        # audience never evaluated: "400", "empty" batch
    "merge_policy": "several",      # wanted for several audiences; "optional"
    "destination_key": "documented",    # by segmentPerBatch; datasetId, dataSetId
    "destination_batches": "array",     # "object": one of them alone, as in the yaml
    "single_batch": "batchId",      # "both": `batches` beside it, as in the older guide
    "batch_id": "early",            # "late": batches are named in the end only
    "export_metrics": "full",       # "times": no counters; "none"
    "export_batch_generation": 2,   # 1: batchId is the related batch's (contract 3.6)
    "export_batch_lag_ms": 0,       # Catalog shows the batch so long after SUCCEEDED
    "re_export": "replace",         # "append": the batches before stay as they are
    "export_status_filter": ["NEW", "SUCCEEDED", "FAILED"],     # others: 400
    "export_offset": "plain",       # "opaque": no time and no id can be read in it
    "export_next_end": "empty",     # "absent": no `next` on the last page
    "full_page_next": False,        # True: a full page has a `next`, even at the end
    "ups_link": "relative",         # "absolute": with the host of hrefs
    "ups_page": 100,                # default and maximum of its lists
    "first_page": 0,                # the number of the first page of definitions
    "ups_errors": "ups",            # problem, empty
}


def checked(changes):
    """The changes themselves, or an error that names an unknown switch."""
    for name in changes:
        if name not in DEFAULTS:
            raise ValueError(f"no such switch: {name}")
    return changes
