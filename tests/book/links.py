"""Whether the pages of the documentation lead somewhere: those of the book as mdBook renders them, with the places inside of pages, the
others as files.

  links.py MDBOOK
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

ROOT = Path(__file__).parent.parent.parent
BOOK = ROOT / "target/book"


class Page(HTMLParser):
    """Where a page leads, and the places in it."""

    def __init__(self, path):
        super().__init__()
        self.places, self.links = {""}, []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.places.add(value)
            elif (tag, name) in (("a", "href"), ("img", "src")):
                self.links.append(value)


def contents():
    """The pages that the table of contents names must be those that are there."""
    docs = ROOT / "docs"
    listed = sorted(re.findall(r"\(([^)]*\.md)\)", (docs / "SUMMARY.md").read_text()))
    present = sorted(str(page.relative_to(docs)) for page in docs.rglob("*.md") if page.name != "SUMMARY.md")
    for page in set(listed) ^ set(present):
        yield f"docs/{page} is {'not there' if page in listed else 'not in docs/SUMMARY.md'}"
    for page in {page for page in listed if listed.count(page) > 1}:
        yield f"docs/{page} is twice in docs/SUMMARY.md"


def rendered(mdbook):
    """Links of the book that lead nowhere."""
    done = subprocess.run([mdbook, "build", ROOT / "docs"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode or "WARN" in said or "ERROR" in said:
        yield f"mdbook: {said}"
        return
    # The one has all pages in it, the others are for readers without JavaScript.
    skipped = {BOOK / name for name in ("print.html", "toc.html", "404.html")}
    pages = {path: Page(path) for path in BOOK.rglob("*.html") if path not in skipped}
    for path, page in pages.items():
        for link in page.links:
            target, place = urldefrag(link)
            if re.match(r"[a-z]+:", target) or target.endswith("print.html"):
                continue
            there = (path.parent / unquote(target)).resolve() if target else path
            if not there.is_relative_to(BOOK) or not there.is_file():
                yield f"{path.relative_to(BOOK)}: {link} leads nowhere"
            elif there in pages and unquote(place) not in pages[there].places:
                yield f"{path.relative_to(BOOK)}: {link}: there is no such place on the page"


def files():
    """Paths outside of the book, and paths that are named in passing, that are not there."""
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in tracked.stdout.split():
        page = ROOT / name
        if name.startswith(("fixtures/imports", "fuzz/corpus")) or not page.exists():
            continue
        text = page.read_text()
        if not name.startswith("docs/"):
            for link in re.findall(r"\]\(([^)\s]*)\)", text):
                target = urldefrag(link)[0]
                if target and not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                    yield f"{name}: {link} leads nowhere"
        for path in re.findall(r"`((?:docs|fixtures|fuzz|integrations|models|src|tests)/[\w./-]*)`", text):
            if not (ROOT / path).exists():
                yield f"{name}: {path} is not there"


def metrics():
    """Metrics that a page names and that are not in the reference."""
    docs = ROOT / "docs"
    known = set(re.findall(r"`(chaffinch_\w+)`", (docs / "reference/metrics.md").read_text()))
    for page in docs.rglob("*.md"):
        # Of a histogram there are three.
        for name in re.findall(r"\b(chaffinch_[a-z]+_[a-z_]+?)(?:_bucket|_sum|_count)?\b(?![*.])", page.read_text()):
            if name not in known:
                yield f"{page.relative_to(ROOT)}: there is no metric {name}"


def main():
    mdbook = sys.argv[1]
    faults = [*contents(), *rendered(mdbook), *files(), *metrics()]
    print("\n".join(faults), file=sys.stderr)
    if faults:
        sys.exit(1)
    print(f"the book is whole: {len(list(BOOK.rglob('*.html')))} pages")


if __name__ == "__main__":
    main()
