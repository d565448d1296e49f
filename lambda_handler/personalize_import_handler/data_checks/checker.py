"""Check of all files of a location, their headers and their rows."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.aggregates import BlockReport, Summary
from personalize_import_handler.data_checks.column_checks import Columns, columns_of
from personalize_import_handler.data_checks.files import BINARY, Data, DataFile, files_findings, format_of
from personalize_import_handler.data_checks.findings import Finding, Findings
from personalize_import_handler.data_checks.headers import LINE, Header, header_findings, no_header, read_header
from personalize_import_handler.data_checks.row_checker import RowChecker
from personalize_import_handler.data_checks.rows import Block
from personalize_import_handler.data_checks.rules import Scope
from personalize_import_handler.data_checks.schema import Schema
from personalize_import_handler.data_checks.tokenizer import UnreadableLineError, whole_lines


def check(
    data: Data,
    schema: Schema,
    *,
    import_mode: ImportMode = ImportMode.FULL,
    rows: RowChecker | None = None,
    head_bytes: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Check data against a schema.

    Args:
        data: The files.
        schema: A valid schema.
        import_mode: The mode of the import; FULL and INCREMENTAL have different limits. Default: FULL.
        rows: The checker for the rows. Default: one that needs only the standard library.
        head_bytes: The number of bytes to read from the start of each file. Default: the whole file.
        progress: Called with the number of bytes after each read. Default: not called.

    Raises:
        ValueError: The record of the schema isn't named after a dataset type.
    """
    if schema.dataset_type is None:
        raise ValueError(f"{schema.name!r} is the name of no dataset type")
    rows, summary = rows or RowChecker(), Summary(schema.dataset_type, schema.domain)
    findings = summary.total.findings
    checking = _Checking(schema, rows, head_bytes, progress, summary, findings)
    findings.add_all(files_findings(data, import_mode))
    for file in data.files:
        checking.check_file(file)
    has_rows = findings.rows or any(each.rule.scope is Scope.ROW for each in findings)
    if checking.first_header and checking.is_whole and not has_rows:
        findings.add(Finding(rule=rules.NO_RECORDS, file=data.location))
    findings.add_all(summary.findings(rows.repeated_ids(), rows.users_with_two, is_whole=checking.is_whole))
    return findings


def unreadable(file: DataFile, content: bytes, line: bytes, schema: Schema) -> Finding | None:
    """Return the finding if a file can't be read as CSV with a header, by its first bytes and its first line."""
    if not file.size:
        return Finding(rule=rules.EMPTY_FILE, file=file.name)
    if unread := format_of(content, len(line)):
        return Finding(rule=rules.NOT_CSV, file=file.name, detail=unread)
    text = line.decode(errors="replace")
    return no_header(read_header(file.name, text), text, schema)


@dataclass
class _Checking:
    """The state of a running check."""

    schema: Schema
    rows: RowChecker
    head_bytes: int | None
    progress: Callable[[int], None]
    summary: Summary
    findings: Findings
    is_whole: bool = True
    """False if a file was not read to its end."""
    is_cut: bool = False
    """True if the present file was not read to its end, and the last record may continue."""
    first_header: Header | None = None
    next_line: int = LINE
    """The number of the first line of the next block."""

    def check_file(self, file: DataFile) -> None:
        """Check one file: its header, then its rows."""
        self.is_cut = False
        lines = whole_lines(self._chunks(file))
        try:
            content = next(lines, b"")
        except UnreadableLineError as error:
            return self._stop(replace(error.finding, file=file.name, line=LINE))
        header, _, rest = content.partition(b"\n")
        if problem := unreadable(file, content, header, self.schema):
            return self._stop(problem)
        columns = self._columns(file, header)
        self.next_line = LINE + 1
        return self._check_rows(columns, self._blocks(file, chain([rest], lines)))

    def _stop(self, problem: Finding) -> None:
        """Report why the rest of a file can't be read. What it holds is unknown, so no total is reported as too low."""
        self.findings.add(problem)
        self.is_whole = False

    def _columns(self, file: DataFile, line: bytes) -> Columns:
        text, findings = _as_utf_8(file.name, line)
        self.findings.add_all(each.moved(LINE) for each in findings)
        header = read_header(file.name, text.decode())
        self.first_header = self.first_header or header
        self.findings.add_all(header_findings(header, self.schema, self.first_header))
        columns = columns_of(header.names, self.schema, self.summary.dataset_type)
        self.summary.columns = {column.key: column for column in columns.imported} | self.summary.columns
        return columns

    def _blocks(self, file: DataFile, several: Iterable[bytes]) -> Iterator[Block]:
        """Yield blocks of whole records; if reading fails, the lines before still count."""
        rest, end = b"", list[Block]()
        try:
            for text in _lines_of_text(several):
                block, rest = self.rows.split(Block(file.name, *_as_utf_8(file.name, rest + text)), is_last=False)
                yield block
        except UnreadableLineError as error:
            self.is_whole = False
            problem = Findings()
            problem.add(replace(error.finding, file=file.name))
            end.append(Block(file.name, b"", problem, records=()))
        if rest:
            yield self.rows.split(Block(file.name, rest), is_last=not self.is_cut)[0]
        yield from end

    def _check_rows(self, columns: Columns, blocks: Iterator[Block]) -> None:
        workers = self.rows.workers
        if not workers:
            for block in blocks:
                self._add(self._check(block, columns), columns)
            return
        pending: deque[Future[BlockReport]] = deque()
        with ThreadPoolExecutor(workers) as pool:
            try:
                for block in blocks:
                    pending.append(pool.submit(self._check, block, columns))
                    if len(pending) > workers:
                        self._add(pending.popleft().result(), columns)
                for each in pending:
                    self._add(each.result(), columns)
            except BaseException:  # for example Ctrl-C
                self.rows.is_cancelled = True
                pool.shutdown(cancel_futures=True)
                raise

    def _check(self, block: Block, columns: Columns) -> BlockReport:
        report = self.rows.check(block, columns, self.summary.total)
        report.findings.add_all(block.findings)
        return report

    def _add(self, report: BlockReport, columns: Columns) -> None:
        """Add the report of the next block, so that its lines are known."""
        self.summary.total.add(report, self.next_line)
        if report.rows and (repeated := columns.named(columns.dataset_type.repeated_field)):
            self.rows.find_repeated(report.rows, repeated, self.next_line)
        self.next_line += report.lines

    def _chunks(self, file: DataFile) -> Iterator[bytes]:
        """Read a file, or only the first `head_bytes` of it; a line feed is added to its end."""
        left = self.head_bytes
        for chunk in file.chunks():
            self.progress(len(chunk))
            if left is not None and len(chunk) > left:
                self.is_cut, self.is_whole = True, False
                yield chunk[:left]
                return
            left = None if left is None else left - len(chunk)
            yield chunk
        yield b"\n"  # the last line may have no line feed; in a file that is cut, it may be a part of a line


def _lines_of_text(several: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines, if there are any; raise `UnreadableLineError` for a zero byte, after the lines before it."""
    for lines in several:
        zero = lines.find(b"\0")
        if zero >= 0:
            if before := lines[: lines.rfind(b"\n", 0, zero) + 1]:
                yield before
            raise UnreadableLineError(Finding(rule=rules.NOT_CSV, detail=BINARY))
        if lines:
            yield lines


def _as_utf_8(file: str, lines: bytes) -> tuple[bytes, Findings]:
    """Return lines as UTF-8, with replacement characters where they aren't, and the findings about that."""
    findings = Findings()
    if not lines.isascii():
        try:
            lines.decode()
        except UnicodeDecodeError:
            for number, line in enumerate(lines.split(b"\n")):
                if line.decode(errors="replace").encode() != line:
                    findings.add(Finding(rule=rules.NOT_UTF_8, file=file, line=number))
            return lines.decode(errors="replace").encode(), findings
    return lines, findings
