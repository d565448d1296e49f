"""A local file is read in chunks, each of which ends with a line unless it is long."""

from pathlib import Path

import pytest

from personalize_import_handler.data_checks.files import CHUNK_BYTES, local_file

SHORT = b"u1,a shorter line\n"
LONG = b"u1,%s\n" % (b"long" * (CHUNK_BYTES // 16))


def chunks_of(path: Path, content: bytes) -> list[bytes]:
    path.write_bytes(content)
    return list(local_file(path).chunks())


@pytest.mark.parametrize("more", [-1, 0, 1, len(SHORT)])
@pytest.mark.parametrize("chunks", [0, 1, 2])
@pytest.mark.parametrize("line", [SHORT, LONG, b"\n", b"no line ends"], ids=["short", "long", "blank", "none"])
def test_chunks_are_the_whole_file_and_no_larger_than_allowed(
    tmp_path: Path, line: bytes, chunks: int, more: int
) -> None:
    content = (line * (CHUNK_BYTES * 2 // len(line) + 2))[: max(chunks * CHUNK_BYTES + more, 0)]
    found = chunks_of(tmp_path / "users.csv", content)
    assert b"".join(found) == content
    assert all(0 < len(chunk) <= CHUNK_BYTES for chunk in found)
    assert len(found) <= chunks + 2


def test_each_chunk_of_short_lines_ends_with_a_line(tmp_path: Path) -> None:
    *found, last = chunks_of(tmp_path / "users.csv", SHORT * (CHUNK_BYTES // len(SHORT) * 3))
    assert len(found) >= 2
    assert all(chunk.endswith(b"\n") for chunk in [*found, last])
