"""Amazon S3 in memory, as far as the handler asks for it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from personalize_import_handler.aws.data_reader import DataObject
from personalize_import_handler.data_checks.files import is_read
from personalize_import_handler.errors import NotFoundError

ENTRIES_PER_POLL = 3
"""So many objects are deleted before a bucket has to be looked at again."""


@dataclass
class FakeStorage:
    """The protocol of `storage.py`; `calls` is the record of what was asked."""

    objects: dict[str, str] = field(default_factory=dict)
    """Contents by location."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Sizes by location, where they differ from the length of the content."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    _faults: dict[str, list[BaseException]] = field(default_factory=dict)

    # What tests do to the service.

    def fail_next(self, operation: str, error: BaseException, *, times: int = 1) -> None:
        """Let the next calls of an operation (a method's name) fail."""
        self._faults.setdefault(operation, []).extend([error] * times)

    def heal(self) -> None:
        """Let nothing fail any more that hasn't failed yet."""
        self._faults.clear()

    def add_files(self, files: Iterable[dict[str, str]]) -> None:
        """Put the sources of files where the CDK does; the content is the source's own name."""
        self.objects |= {file["Source"]: file["Source"] for file in files}

    def below(self, location: str) -> dict[str, str]:
        """Give the contents below a location, by what is left of their own."""
        return {key.removeprefix(location): text for key, text in self.objects.items() if key.startswith(location)}

    # What the handler asks of it.

    def copy(self, source: str, target: str) -> int:
        self._called("copy", target)
        if source not in self.objects:
            raise NotFoundError("ListObjectsV2", "NoSuchKey", f"{source} no longer exists.")
        self.objects[target] = self.objects[source]
        return self.sizes.get(source, len(self.objects[source]))

    def exists(self, location: str) -> bool:
        self._called("exists", location)
        return location in self.objects

    def empty(self, bucket: str) -> bool:
        self._called("empty", bucket)
        there = [location for location in self.objects if location.startswith(f"s3://{bucket}/")]
        for location in there[:ENTRIES_PER_POLL]:
            del self.objects[location]
        return len(there) <= ENTRIES_PER_POLL

    def _called(self, operation: str, argument: str) -> None:
        self.calls.append((operation, argument))
        if faults := self._faults.get(operation):
            raise faults.pop(0)


@dataclass
class FakeReader:
    """The protocol of `data_reader.py` on the same objects; whoever the role is, it may read them."""

    storage: FakeStorage

    def list_objects(self, location: str) -> Sequence[DataObject]:
        self.storage._called("list_objects", location)
        folder = location[: location.rfind("/") + 1]
        if location in self.storage.objects:
            return [self._object(location, folder)]
        below = location if location.endswith("/") else f"{location}/"
        return [self._object(f"{below}{name}", folder) for name in sorted(self.storage.below(below)) if is_read(name)]

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        self.storage._called("read", f"{name}: {size}")
        folder = location[: location.rfind("/") + 1]
        content = self.storage.objects[f"{folder}{name}"].encode()[:size]
        for start in range(0, len(content), 1 << 18):
            yield content[start : start + (1 << 18)]

    def _object(self, location: str, folder: str) -> DataObject:
        content = self.storage.objects[location].encode()
        return DataObject(location.removeprefix(folder), len(content), hashlib.md5(content).hexdigest())
