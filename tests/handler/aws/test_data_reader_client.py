"""The boto3 reader that assumes an import role, with responses of STS and S3."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from personalize_import_handler.aws import data_reader_client
from personalize_import_handler.aws.data_reader import DataObject, NotAssumableError, NotReadableError
from personalize_import_handler.aws.data_reader_client import RoleReader
from personalize_import_handler.errors import BusyError
from tests.handler.support.aws_json import ONCE
from tests.handler.support.fakes import ROLE_ARN

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>
<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
STS_ERROR = "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>No.</Message></Error></ErrorResponse>"
S3_ERROR = "<Error><Code>{}</Code><Message>No.</Message></Error>"
PAGE = """<ListBucketResult><IsTruncated>{}</IsTruncated>{}<Contents><Key>{}</Key><Size>1</Size>
<ETag>"e"</ETag><LastModified>2026-11-28T03:00:00.000Z</LastModified></Contents></ListBucketResult>"""
FIRST_PAGE = PAGE.format("true", "<NextContinuationToken>more</NextContinuationToken>", "data/a.csv")
LAST_PAGE = PAGE.format("false", "", "data/b.csv")


@dataclass
class Service:
    """STS and S3 in one server, which returns the scripted (status, body) in order."""

    script: list[tuple[int, str]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    """The continuation tokens of the pages that were requested."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.tokens.append(parse_qs(urlsplit(self.path).query).get("continuation-token", [None])[0])
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def _answer(self) -> None:
            status, body = service.script.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_ENDPOINT_URL_S3": url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(data_reader_client, "CLIENT_CONFIG", ONCE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


def test_only_the_throttled_page_of_files_is_listed_again(service: Service) -> None:
    slow_down = (503, S3_ERROR.format("SlowDown"))
    service.script = [(200, ASSUMED), (200, FIRST_PAGE), slow_down, (200, LAST_PAGE)]
    slept: list[float] = []

    found = RoleReader(ROLE_ARN, sleep=slept.append).list_objects("s3://shop/data/")

    assert [each.name for each in found] == ["a.csv", "b.csv"]
    assert service.tokens == [None, "more", "more"]
    assert slept == [1]


@pytest.mark.parametrize("location", ["s3://shop/data/", "s3://shop/data/none.csv"])
def test_the_names_near_a_location_are_those_of_its_folder(location: str, service: Service) -> None:
    folders = "<CommonPrefixes><Prefix>data/2026/</Prefix></CommonPrefixes>"
    itself = PAGE.format("false", folders, "data/")
    service.script = [(200, ASSUMED), (200, PAGE.format("false", folders, "data/a.parquet")), (200, itself)]
    reader = RoleReader(ROLE_ARN)

    assert reader.names_near(location) == ["2026/", "a.parquet"]
    assert reader.names_near(location) == ["2026/"]


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "IDPCommunicationThrottled"])
def test_a_role_can_be_assumed_later_if_sts_is_busy(code: str, service: Service) -> None:
    service.script = [(400, STS_ERROR.format(code))]

    with pytest.raises(BusyError, match=code):
        RoleReader(ROLE_ARN)


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidClientTokenId"])
def test_a_role_that_can_not_be_assumed_raises_an_error(code: str, service: Service) -> None:
    service.script = [(403, STS_ERROR.format(code))]

    with pytest.raises(NotAssumableError, match=code):
        RoleReader(ROLE_ARN)


def test_each_reader_assumes_the_role_again_because_credentials_expire(service: Service) -> None:
    service.script = [(200, ASSUMED), (400, S3_ERROR.format("ExpiredToken")), (200, ASSUMED), (200, LAST_PAGE)]
    with pytest.raises(NotReadableError, match="ExpiredToken"):
        RoleReader(ROLE_ARN).list_objects("s3://shop/data/")

    assert RoleReader(ROLE_ARN).list_objects("s3://shop/data/") == [DataObject("b.csv", 1, "e", 1795834800)]
    assert service.script == []
