"""The page in a real browser, on a wide and on a narrow screen: nothing is cut, and the contents are at hand."""

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from functions.core import docs
from ops.reference.catalogue import listed
from ops.reference.document import document
from ops.reference.page import STYLE, page
from tests.chromium import OPTIONS, chromium

# The page has no script: one around it measures it.
MEASURE = """
<iframe style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe><output></output>
<script>onload = () => {{
  const view = document.querySelector("iframe").contentWindow, inner = view.document;
  const all = (chosen) => [...inner.querySelectorAll(chosen)];
  const isShown = (chosen) => all(chosen).every((each) => each.checkVisibility({{ contentVisibilityAuto: true }}));
  document.querySelector("output").textContent = JSON.stringify({{
    wider: inner.documentElement.scrollWidth > inner.documentElement.clientWidth,
    blocks: all("pre, dl, figure, table").length,
    cut: all("pre, dl, dt, dd, figure, p, h3").filter((each) => each.scrollWidth > each.clientWidth + 1).length,
    contents: isShown("nav li a"), fold: isShown("nav summary"), back: isShown(".back"),
    main: inner.querySelector("main").getBoundingClientRect().top,
  }});
}};</script>
"""


@pytest.fixture(scope="module")
def whole() -> str:
    """Return the page with its stylesheet in it."""
    style = (Path(docs.__file__).parent / "docs.css").read_text("utf-8")
    text = page(document(listed()))
    link = f'<link rel="stylesheet" href="{STYLE}">'
    assert link in text
    return text.replace(link, f"<style>{style}</style>")


def measured(whole: str, width: int, folder: Path) -> dict[str, Any]:
    """Return what a browser makes of the page at this width."""
    place = folder / "measure.html"
    place.write_text(MEASURE.format(width=width, page=html.escape(whole)), "utf-8")
    ran = subprocess.run(
        [chromium(), *OPTIONS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", place.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = re.search(r"<output>(.+?)</output>", ran.stdout)
    assert found, ran.stderr
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


@pytest.mark.parametrize("width", [1920, 1280, 1000, 390, 320])
def test_nothing_is_cut_and_the_contents_are_at_hand(whole: str, width: int, tmp_path: Path) -> None:
    told = measured(whole, width, tmp_path)
    assert told["blocks"] > 100
    assert (told["wider"], told["cut"]) == (False, 0)
    narrow = width < 832
    assert (told["contents"], told["fold"], told["back"]) == (not narrow, narrow, narrow)
    # Folded contents leave room for the page itself.
    assert told["main"] <= 120
