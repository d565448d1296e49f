"""Listing the files of a location in S3, in bounded time and memory."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from personalize_import_handler.aws.data_reader import LISTED_PAGES_MAX, TooManyFilesError
from personalize_import_handler.aws.data_reader_client import RoleReader
from personalize_import_handler.data.fingerprint import fingerprint_of
from tests.handler.aws.test_data_reader_client import ASSUMED
from tests.handler.support.account import Account
from tests.handler.support.fakes import ROLE_ARN
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

MANY: Final = 400_000
MEMORY_MAX: Final = 48 << 20
"""A fifth of a function's memory."""
FLAT: Final = "data/{:06}.csv"
DEEP: Final = "data/{:06}/part.csv"


@dataclass
class Bucket:
    """A fake S3 with one bucket, whose keys are generated page by page when they are listed."""

    key: Callable[[int], str]
    number: int = MANY
    calls: list[dict[str, str]] = field(default_factory=list)

    def page(self, query: dict[str, str]) -> str:
        self.calls.append(query)
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        size, at = min(1000, int(query.get("max-keys", 1000))), int(query.get("continuation-token", 0))
        entries: dict[str, str] = {}
        while at < self.number and len(entries) < size:
            name = self.key(at)
            at += 1
            if not name.startswith(prefix):
                continue
            head, cut, _ = name.removeprefix(prefix).partition(delimiter) if delimiter else ("", "", "")
            if cut:
                entries[f"{prefix}{head}{cut}"] = (
                    f"<CommonPrefixes><Prefix>{prefix}{head}{cut}</Prefix></CommonPrefixes>"
                )
            else:
                uploaded = "<LastModified>2026-11-28T03:00:00.000Z</LastModified>"
                entries[name] = (
                    f'<Contents><Key>{name}</Key><Size>9</Size><ETag>"{at:032x}"</ETag>{uploaded}</Contents>'
                )
        more = f"<NextContinuationToken>{at}</NextContinuationToken>" if at < self.number else ""
        is_truncated = "true" if more else "false"
        listed = "".join(entries.values())
        return f"<ListBucketResult><IsTruncated>{is_truncated}</IsTruncated>{more}{listed}</ListBucketResult>"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    bucket = Bucket(FLAT.format)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(bucket.page({name: value for name, (value,) in parse_qs(urlsplit(self.path).query).items()}))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(ASSUMED)

        def _answer(self, body: str) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    for name in ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield bucket
    server.shutdown()
    thread.join()
    server.server_close()


def names(location: str) -> list[str]:
    return [each.name for each in RoleReader(ROLE_ARN).list_objects(location)]


def memory_of(task: Callable[[], object]) -> int:
    """Return the most bytes that a task had allocated at a time."""
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("key", [FLAT, DEEP], ids=["files", "subfolders"])
def test_a_folder_of_400000_entries_is_refused_after_a_bounded_number_of_calls_in_bounded_memory(
    key: str, bucket: Bucket
) -> None:
    bucket.key = key.format
    reader = RoleReader(ROLE_ARN)

    def refuse() -> None:
        with pytest.raises(TooManyFilesError, match="s3://shop/data/ has too many files and subfolders") as refused:
            reader.list_objects("s3://shop/data/")
        assert "20 pages of up to 1000 entries" in str(refused.value)
        assert "Merge the CSV files" in str(refused.value)

    assert memory_of(refuse) < MEMORY_MAX
    assert len(bucket.calls) == LISTED_PAGES_MAX


@pytest.mark.parametrize("location", ["s3://shop/data/", "s3://shop/data"])
def test_files_in_subfolders_are_neither_returned_nor_listed(location: str, bucket: Bucket) -> None:
    keys = ["data/", "data/a.csv", *[f"data/b/{number:06}.csv" for number in range(30_000)], "data/c.CSV", "data/d.txt"]
    bucket.key, bucket.number = keys.__getitem__, len(keys)
    folder = "" if location.endswith("/") else "data/"

    assert names(location) == [f"{folder}a.csv", f"{folder}c.CSV"]
    assert [call["delimiter"] for call in bucket.calls if "max-keys" not in call] == ["/"]


@pytest.mark.parametrize("number", [LISTED_PAGES_MAX * 1000, LISTED_PAGES_MAX * 1000 + 1])
def test_only_as_many_files_as_fit_into_the_pages_have_a_fingerprint(number: int, bucket: Bucket) -> None:
    bucket.number = number
    reader, location = RoleReader(ROLE_ARN), "s3://shop/data/"

    if number > LISTED_PAGES_MAX * 1000:
        with pytest.raises(TooManyFilesError):
            reader.list_objects(location)
    else:
        assert memory_of(lambda: fingerprint_of(reader.list_objects(location))) < MEMORY_MAX
    assert len(bucket.calls) == LISTED_PAGES_MAX


def test_an_object_is_found_by_one_call_even_if_other_keys_begin_with_its_key(bucket: Bucket) -> None:
    bucket.key = lambda at: "data/a.csv" if at == 0 else f"data/a.csv{at:06}"

    assert names("s3://shop/data/a.csv") == ["a.csv"]
    assert len(bucket.calls) == 1


def test_an_object_of_any_name_is_read_if_it_is_the_location(bucket: Bucket) -> None:
    bucket.key, bucket.number = (lambda _: "data/rows"), 1

    assert names("s3://shop/data/rows") == ["rows"]


@pytest.mark.parametrize("asked", [{"Preflight": "true"}, {"Reimport": "WHEN_DATA_CHANGES"}])
def test_too_many_files_fail_the_request_with_location_limit_and_advice(
    asked: dict[str, str], bucket: Bucket, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "functions", account.instance())
    monkeypatch.setattr(account, "data_reader", RoleReader)

    response = CloudFormation(account).create(properties(DataLocation="s3://shop/data/", **asked))

    assert not response.succeeded
    assert response.reason.startswith("s3://shop/data/ has too many files and subfolders directly under it: ")
    assert response.reason.endswith(" No job was started.")
    assert account.personalize.jobs == {}
