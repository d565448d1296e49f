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
_LINK: Final = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https://|#)([^)#\s]*)(#[^)\s]*)?\)")
_IMAGE: Final = re.compile(r"(!\[[^\]]*\]\()docs/")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root."""
    for name, page in _PAGES_OF_THE_ROOT.items():
        files.append(File.generated(config, page, content=(_ROOT / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Rewrite links to pages of the site; links to other files, such as code, become plain text."""
    of_the_root = {page: name for name, page in _PAGES_OF_THE_ROOT.items()}
    source = of_the_root.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def led(link: re.Match[str]) -> str:
        text, target, anchor = link[1], link[2], link[3] or ""
        in_repository = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        in_site = _PAGES_OF_THE_ROOT.get(in_repository, in_repository.removeprefix("docs/"))
        if files.get_file_from_path(in_site) is None:
            return text
        return f"[{text}]({posixpath.relpath(in_site, posixpath.dirname(page.file.src_uri) or '.')}{anchor})"

    return _IMAGE.sub(r"\1", _LINK.sub(led, markdown))
