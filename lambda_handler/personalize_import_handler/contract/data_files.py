"""Rules for asset files, which are copied in S3 before the import."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from personalize_import_handler import contract
from personalize_import_handler.contract.constraints import TextRule, shown, violation
from personalize_import_handler.contract.locations import S3_SCHEME

DATA_FILE_NAME: Final = TextRule(
    "a name that ends in .csv, of letters, digits, hyphens, underscores, dots and equals signs, starting with a "
    f"letter or digit, at most {contract.DATA_FILE_NAME_LENGTH_MAX} characters",
    r"[a-zA-Z0-9][a-zA-Z0-9\-_.=]*\.csv",
    contract.DATA_FILE_NAME_LENGTH_MAX,
)
_BUCKET_PATTERN: Final = r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]"
OBJECT: Final = TextRule(
    "an object in S3, s3://bucket/key",
    rf"{S3_SCHEME}{_BUCKET_PATTERN}/[^\x00-\x1f\x7f\ud800-\udfff]*[^\x00-\x1f\x7f\ud800-\udfff/]",
    contract.OBJECT_LENGTH_MAX,
)
BUCKET: Final = TextRule(
    f"a bucket's name, 3 to {contract.BUCKET_NAME_LENGTH_MAX} lower-case letters, digits, dots and hyphens",
    _BUCKET_PATTERN,
    contract.BUCKET_NAME_LENGTH_MAX,
)


def check_data_files(name: str, files: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a problem for each invalid name or source of the files to copy."""
    if not 1 <= len(files) <= contract.DATA_FILES_MAX:
        yield violation(name, len(files), f"1 to {contract.DATA_FILES_MAX} files")
    names = [file_name for file_name, _ in files]
    for file_name in sorted(each for each, count in Counter(names).items() if count > 1):
        yield violation(name, file_name, "files with different names")
    for file_name, source in files:
        yield from DATA_FILE_NAME.check(f"{name}: a name", file_name)
        yield from OBJECT.check(f"{name}: the source of {shown(file_name)}", source)


def check_location(name: str, files: Sequence[tuple[str, str]], location: str) -> Iterator[str]:
    """Yield the problems with the location of the copies: unless it is a folder, it names the only file."""
    names = [file_name for file_name, _ in files]
    if not location.endswith("/") and names != [location.rpartition("/")[2]]:
        yield violation(name, names, f"the one file that DataLocation {shown(location)} names")
