"""A fake Amazon S3 in memory, with the operations that the handler needs."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from personalize_import_handler.aws.data_reader import DataObject
from personalize_import_handler.data_checks.files import is_read
from personalize_import_handler.errors import NotFoundError

ENTRIES_PER_POLL = 3
"""Number of objects that one poll deletes."""


@dataclass
class FakeStorage:
    """Implements the protocol in `storage.py`, and records all calls."""

    objects: dict[str, str] = field(default_factory=dict)
    """Contents by location."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Sizes by location, where they differ from the length of the content."""
    uploaded_at: dict[str, float] = field(default_factory=dict)
    """Times of upload by location, in epoch seconds; 0 for all others."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    _faults: dict[str, list[BaseException]] = field(default_factory=dict)

    # Called by tests.

    def fail_next(self, operation: str, error: BaseException, *, times: int = 1) -> None:
        """Raise an error in the next calls of an operation (a method's name)."""
        self._faults.setdefault(operation, []).extend([error] * times)

    def clear_faults(self) -> None:
        """Remove all faults that haven't been raised yet."""
        self._faults.clear()

    def add_files(self, files: Iterable[dict[str, str]]) -> None:
        """Add the sources of asset files, each with its location as content."""
        self.objects |= {file["Source"]: file["Source"] for file in files}

    def below(self, location: str) -> dict[str, str]:
        """Return the contents below a location, by their relative names."""
        return {key.removeprefix(location): text for key, text in self.objects.items() if key.startswith(location)}

    def upload(self, location: str, content: str, at: float) -> None:
        """Add or replace a file at a point in time, in epoch seconds."""
        self.objects[location], self.uploaded_at[location] = content, at

    def files_at(self, location: str) -> tuple[str, ...]:
        """Return the files that an import of a location reads: location and ETag of each."""
        folder = location[: location.rfind("/") + 1]
        return tuple(f"{folder}{each.name} {each.etag}" for each in self.listed(location))

    def listed(self, location: str) -> list[DataObject]:
        """Return the files that an import of a location reads."""
        folder = location[: location.rfind("/") + 1]
        if location in self.objects:
            return [self._object(location, folder)]
        below = location if location.endswith("/") else f"{location}/"
        return [self._object(f"{below}{name}", folder) for name in sorted(self.below(below)) if is_read(name)]

    def _object(self, location: str, folder: str) -> DataObject:
        content = self.objects[location].encode()
        # LastModified has no fraction.
        uploaded_at = float(int(self.uploaded_at.get(location, 0)))
        return DataObject(location.removeprefix(folder), len(content), hashlib.md5(content).hexdigest(), uploaded_at)

    # Called by the handler.

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
        found = [location for location in self.objects if location.startswith(f"s3://{bucket}/")]
        for location in found[:ENTRIES_PER_POLL]:
            del self.objects[location]
        return len(found) <= ENTRIES_PER_POLL

    def _called(self, operation: str, argument: str) -> None:
        self.calls.append((operation, argument))
        if faults := self._faults.get(operation):
            raise faults.pop(0)


@dataclass
class FakeReader:
    """Implements the protocol in `data_reader.py` for the same objects, with read access for every role."""

    storage: FakeStorage

    def list_objects(self, location: str) -> Sequence[DataObject]:
        self.storage._called("list_objects", location)
        return self.storage.listed(location)

    def names_near(self, location: str) -> Sequence[str]:
        self.storage._called("names_near", location)
        below = self.storage.below(location[: location.rfind("/") + 1])
        return sorted({f"{name.partition('/')[0]}{'/' * ('/' in name)}" for name in below})

    def read(self, location: str, name: str, size: int) -> Iterator[bytes]:
        self.storage._called("read", f"{name}: {size}")
        folder = location[: location.rfind("/") + 1]
        content = self.storage.objects[f"{folder}{name}"].encode()[:size]
        for start in range(0, len(content), 1 << 18):
            yield content[start : start + (1 << 18)]
