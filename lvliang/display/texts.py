"""Where the texts of the pages lie: a Markdown file a page and language."""

from pathlib import Path

TEXTS = Path(__file__).resolve().parents[2] / "notebooks" / "pages"
SHARED = "shared"  # macros of all pages


def texts_of(page: str) -> list[Path]:
    """The texts that a page depends on: its own and the shared ones; none where it has none."""
    return sorted(path for name in (page, SHARED) for path in TEXTS.glob(f"{name}.*.md"))
