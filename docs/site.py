"""Build hooks of mkdocs: pages from the repository's root, and links that fit the site as they fit the repository.

https://www.mkdocs.org/user-guide/configuration/#hooks
"""

import posixpath
import re
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ROOT: Final = Path(__file__).parent.parent
_PAGES_OF_THE_ROOT: Final = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "examples/README.md": "examples.md",
}
_PAGES_OF_FOLDERS: Final = {"examples": "examples.md", "docs/decisions": "decisions/index.md"}
_LINK: Final = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https://|#)([^)#\s]*)(#[^)\s]*)?\)")
_IMAGE: Final = re.compile(r"(!\[[^\]]*\]\()docs/")
_PAGE_IN_DOCSTRING: Final = re.compile(r"\bdocs/([\w-]+\.md)\b")
_TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root, and a page that lists the decision records."""
    for name, page in _PAGES_OF_THE_ROOT.items():
        files.append(File.generated(config, page, content=(_ROOT / name).read_text(encoding="utf-8")))
    records = [each for each in files.documentation_pages() if each.src_uri.startswith("decisions/")]
    links = [f"- [{_title(each)}]({each.name}.md)" for each in sorted(records, key=lambda each: each.src_uri)]
    files.append(File.generated(config, "decisions/index.md", content="\n".join(["# Decisions", "", *links])))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Rewrite links to pages of the site; links to other files, such as code, become plain text."""
    of_the_root = {page: name for name, page in _PAGES_OF_THE_ROOT.items()}
    source = of_the_root.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def rewrite(link: re.Match[str]) -> str:
        text, target, anchor = link[1], link[2], link[3] or ""
        in_repository = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        pages = _PAGES_OF_THE_ROOT | _PAGES_OF_FOLDERS
        in_site = files.get_file_from_path(pages.get(in_repository, in_repository.removeprefix("docs/")))
        if in_site is None:
            return text
        if text.strip("`") in (target, in_repository):
            text = _title(in_site)
        return f"[{text}]({posixpath.relpath(in_site.src_uri, posixpath.dirname(page.file.src_uri) or '.')}{anchor})"

    return _IMAGE.sub(r"\1", _LINK.sub(rewrite, markdown))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Link the pages that docstrings name."""
    if not page.file.src_uri.startswith("reference/"):
        return html

    def link(name: re.Match[str]) -> str:
        named = files.get_file_from_path(name[1])
        return f'<a href="{named.url_relative_to(page.file)}">{_title(named)}</a>' if named else name[0]

    return _PAGE_IN_DOCSTRING.sub(link, html)


def _title(file: File) -> str:
    title = _TITLE.search(file.content_string)
    return title[1] if title else file.name
