"""Guards of preflight and of comparing data."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_changes: Final = "handler/job/test_data_changes.py"
_preflight: Final = "handler/data/test_preflight.py"
_fingerprint: Final = partial(Patch, "job/prerequisites.py", _changes)
_prepare: Final = partial(Patch, "job/import_job.py", _changes)
_listing: Final = partial(Patch, "data/fingerprint.py", _changes)
_life: Final = partial(Patch, "job/lifecycle.py", _changes)
_name_identity: Final = partial(Patch, "request/import_identity.py", _changes)
_list: Final = partial(Patch, "aws/data_reader_client.py", "handler/aws/test_data_reader_listing.py")
_preflight_data: Final = partial(Patch, "data/preflight.py", _preflight)
_text: Final = partial(Patch, "messages/advice.py", _changes)

GUARDS: Final = (
    _preflight_data("where data is missing, what is there is named", "    if not objects:\n", "    if False:\n"),
    # In `prerequisites.compute_fingerprint`
    Patch(
        "job/prerequisites.py",
        _preflight,
        "data is looked at only where that is asked for",
        "if not requested.compares_data or properties.data_fingerprint:",
        "if properties.data_fingerprint:",
    ),
    _fingerprint("data is looked at once for a request", " or properties.data_fingerprint:", ":"),
    _fingerprint(
        "a temporary error of preflight is retried",
        "reader.list_objects(properties.data_location))\n    except RefusedError as refused:",
        "reader.list_objects(properties.data_location))\n    except KeyError as refused:",
    ),
    _fingerprint(
        "the service's time is known before data is compared",
        "        requested.sync_clock()\n        reader",
        "        reader",
    ),
    _prepare(
        "the service's time is known before data is looked into",
        "        requested.sync_clock()\n    if requested.is_timed_out",
        "        pass\n    if requested.is_timed_out",
    ),
    _fingerprint(
        "the fingerprint is recorded", "progress._replace(data_fingerprint=fingerprint), seconds", "progress, seconds"
    ),
    # In `data_fingerprint`
    _listing("an etag distinguishes contents", "each.size, each.etag)", "each.size)"),
    _listing("a name is a part of what the data is", "(each.name, each.size,", "(each.size,"),
    # In `data_reader_client`
    _list("what is not imported is left out", 'if is_read(item["Key"].removeprefix(prefix)):', "if True:"),
    _list("one file with any name counts", "                return found\n", "                pass\n"),
    _list("of another object nothing is returned", ' if item["Key"] == key]:', "]:"),
    _list("one file takes one entry of a list", "Prefix=key, MaxKeys=1)", "Prefix=key)"),
    _list("a folder without a slash is a folder", '            key = f"{key}/"\n', ""),
    _list("what is in subfolders is not listed", ', Delimiter="/")', ")"),
    _list("a list has an end", "if number == LISTED_PAGES_MAX and page", "if False and page"),
    _list("a list that fits is one", ' and page.get("IsTruncated"):', ":"),
    # In `lifecycle` and `identity`
    _life(
        "an update compares the data too",
        "        or compute_fingerprint(requested, progress)\n    ):\n",
        "    ):\n",
    ),
    _life(
        "a create compares the data",
        "        or compute_fingerprint(requested, progress)\n        or import_job.find_job",
        "        or import_job.find_job",
    ),
    Patch(
        *("job/deletion.py", _changes, "a delete finds jobs with any data"),
        "names.may_belong_to_resource(arn) or arn == own",
        "names.includes(arn) or arn == own",
    ),
    _name_identity("other data makes other names", "if properties.data_fingerprint else []", "if False else []"),
    # In `preflight`
    _preflight_data(
        "all of little data is looked at", "head_bytes = None if is_whole else", "head_bytes = None if False else"
    ),
    _preflight_data("of much data the head is looked at", "<= BYTES_MAX and len", "<= 10**12 and len"),
    _preflight_data("errors are reported", "    if errors:\n", "    if False:\n"),
    _preflight_data("warnings stop nothing", "finding.rule.severity is Severity.ERROR]", "finding.rule]"),
    _preflight_data(
        "names that no schema has are not reported", "return finding if known else", "return finding if True else"
    ),
    _preflight_data(
        "a schema that can't be read is left to the service", "(NotJson, NotASchema) as problem", "NotJson as problem"
    ),
    _preflight_data(
        "a dataset type that is not known is left to the service",
        "    if parsed.dataset_type is None:\n        return\n",
        "",
    ),
    Patch(
        *("data/preparation.py", _preflight, "without Preflight there is no preflight"),
        "return properties.preflight or _lacks",
        "return True or _lacks",
    ),
    Patch(
        *("data/preparation.py", _preflight, "with Preflight there is a preflight"),
        "return properties.preflight or _lacks",
        "return _lacks",
    ),
    # In `reasons`
    _text(
        "a role that may not read is reported with the missing statement",
        "if isinstance(refused, NotReadableError) and denied:",
        "if False:",
    ),
    _text(
        "a role that doesn't trust is reported with the missing statement",
        "    if is_not_assumable:",
        "    if False:",
    ),
    _text(
        "a role outside the provider's path is the reason that it can't be assumed",
        "is_role_denied = is_not_assumable or ",
        "is_role_denied = ",
    ),
)
