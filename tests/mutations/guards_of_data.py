"""Asset files: their copies in S3, and the deletion of these."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_rule: Final = partial(
    Patch, "contract/data_files.py", "handler/data/test_preparation.py handler/data/test_staging_bucket_requests.py"
)
_read: Final = partial(Patch, "contract/properties.py", "handler/data/test_preparation.py")
_copy: Final = partial(Patch, "data/preparation.py", "handler/data/test_preparation.py")
_start: Final = partial(Patch, "job/import_job.py", "handler/data/test_preparation.py")
_empty: Final = partial(Patch, "data/staging_bucket_requests.py", "handler/data/test_staging_bucket_requests.py")
_retry: Final = partial(
    Patch, "aws/error_codes.py", "handler/data/test_staging_bucket_requests.py handler/cloudformation/test_waiter.py"
)
_either: Final = partial(Patch, "functions.py", "handler/data/test_staging_bucket_requests.py")
_call: Final = partial(Patch, "aws/storage_client.py", "handler/aws/test_storage_client.py")
_entry: Final = partial(Patch, "aws/boto_services.py", "handler/cloudformation/test_entry_points.py")
_PREPARED: Final = "if preparation.is_due(requested.properties) and not progress.prepared:"

GUARDS: Final = (
    # In `data_files` and `properties`
    _rule(
        "there is a file, and no more than fit into an event",
        "if not 1 <= len(files) <= contract",
        "if not len(files) <= contract",
    ),
    _rule(
        "there are no more files than fit into an event", "<= len(files) <= contract.DATA_FILES_MAX:", "<= len(files):"
    ),
    _rule("files have different names", "if count > 1):", "if count > 2):"),
    _rule("a file's name is checked", 'yield from DATA_FILE_NAME.check(f"{name}: a name", file_name)', "pass"),
    _rule(
        "a file's source is checked",
        'yield from OBJECT.check(f"{name}: the source of {shown(file_name)}", source)',
        "pass",
    ),
    _rule("a file's name is no path", r'[a-zA-Z0-9][a-zA-Z0-9\-_.=]*\.csv"', r'[a-zA-Z0-9.][a-zA-Z0-9\-_.=/]*\.csv"'),
    _rule("a source is an object, not a folder", r"[^\x00-\x1f\x7f\ud800-\udfff/]", r"[^\x00-\x1f\x7f\ud800-\udfff]"),
    _rule(
        "a file is copied to where it is imported from", "if not location.endswith", "if False and location.endswith"
    ),
    _read(
        "a location that is wrong is reported once",
        ' and not any(constraints.DATA_LOCATION.check("DataLocation", location)):',
        ":",
    ),
    # In `importing` and `preparation`
    _start("files are copied before the job is started", _PREPARED, "if False:"),
    _start("files are copied once", _PREPARED, _PREPARED.replace(" and not progress.prepared", "")),
    _start("an import without asset files needs no separate poll", _PREPARED, "if not progress.prepared:"),
    _start(
        "a refusal while files are copied is tried again, or reported",
        "    except DataRefusedError as problem:\n",
        "    except (DataRefusedError, RefusedError) as problem:\n",
    ),
    _copy("every file is copied", "return len(properties.data_files)\n\n\n", "return first + 1\n\n\n"),
    _copy("a poll continues after the copied files", "properties.data_files[first:]", "properties.data_files"),
    _copy("the files that are copied are recorded", "_replace(files_copied=copied, prepared", "_replace(prepared"),
    _copy("a poll copies one large file", "if copied_bytes >= _BYTES_PER_POLL:", "if False:"),
    _copy("a poll copies many small files", "if copied_bytes >= _BYTES_PER_POLL:", "if True:"),
    _copy("the job is started when all files are copied", "left = copied < len(properties.data_files) or", "left ="),
    _copy(
        "files are followed by the preflight",
        "< len(properties.data_files) or _reads_data(properties)",
        "< len(properties.data_files)",
    ),
    _copy("a copy that is there serves where the source is gone", "if storage.exists(target):", "if False:"),
    _copy("a file that is gone is reported", "if storage.exists(target):", "if True:"),
    # In `data_resource` and `functions`
    _either(
        "the data bucket's resource starts no import",
        "        if _is_data_resource(event):\n            return self._helper.record_outcome(",
        "        if False:\n            return self._helper.record_outcome(",
    ),
    _either(
        "the data bucket's resource empties it",
        "        if _is_data_resource(event):\n            outcome",
        "        if False:\n            outcome",
    ),
    _empty("an invalid bucket name is reported", "    if problems:\n", "    if False:\n"),
    _empty(
        "a bucket that can't be has nothing to be emptied",
        "    if any(data_files.BUCKET.check(_BUCKET, bucket)):\n        return finished\n",
        "",
    ),
    _empty(
        "a bucket is emptied to its end",
        "        if storage.empty(str(bucket)):\n",
        "        if storage.empty(str(bucket)) or True:\n",
    ),
    _retry(
        "a call is retried until a fresh permission is effective",
        " or may_become_effective(refused, elapsed_seconds)",
        "",
    ),
    _retry("a busy service is called again", "return isinstance(refused, BusyError) or ", "return "),
    _empty("a failure that no retry can change ends the polling", "if not is_retryable(refused, elapsed) or", "if"),
    _empty("a Delete ends in time", " or elapsed >= delete_seconds(properties):", ":"),
    # In `storage_client`
    _call("a large object is copied in parts", "if size > self._part_bytes:", "if False:"),
    _call("an object that is gone is reported", "        if size is None:\n", "        if False:\n"),
    _call("another object of a longer key is not taken for it", 'if item["Key"] == key), None)', "), None)"),
    _call("an earlier version does not count as the object", ' and version["IsLatest"]', ""),
    _call("another object is not taken for the copy", 'version["Key"] == key and ', ""),
    _call(
        "the last part ends with the object", "min(size, first + self._part_bytes) - 1", "first + self._part_bytes - 1"
    ),
    _call("marks of deletion are deleted too", ', *page.get("DeleteMarkers", [])]', "]"),
    _call(
        "what was not deleted is reported",
        '            raise error_from("DeleteObjects"',
        '            error_from("DeleteObjects"',
    ),
    _call(
        "what S3 is too busy to delete may be deleted later",
        'raise error_from("DeleteObjects"',
        'raise NotFoundError("DeleteObjects"',
    ),
    _call(
        "a part that is throttled is copied again",
        'call_with_retries("UploadPartCopy", part, iter(RETRY_PAUSES), self._sleep)',
        'call_service("UploadPartCopy", part)',
    ),
    _call("a bucket that is gone is empty", "        except NotFoundError:\n", "        except KeyError:\n"),
    _call("a bucket that has more in it is looked at again", "return next(listed, None) is None", "return True"),
    _entry("one S3 client is kept", "@cached_property\n    def storage", "@property\n    def storage"),
)
