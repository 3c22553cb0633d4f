"""Whether links inside the built documentation lead somewhere: python docs/links.py FOLDER."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The targets of a page, and what it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the names and links of one element."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.names.add(value)
            if name in ("href", "src") and value:
                self.links.append(value)


def broken(folder: Path) -> list[str]:
    """List links within the folder whose page, file or place is missing."""
    pages = {
        path.resolve(): _Page(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.html")
        if path.name != "webpack-macros.html"  # the theme's template, no page
    }
    found = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            name = unquote(parts.fragment)
            where = path.relative_to(folder.resolve())
            if not target.exists():
                found.append(f"{where}: {link} is not there")
            elif name and target in pages and name not in pages[target].names:
                found.append(f"{where}: {link} has no such place")
    return sorted(set(found))


if __name__ == "__main__":
    faults = broken(Path(sys.argv[1]))
    print("\n".join(faults) or "every link leads somewhere")
    sys.exit(bool(faults))
