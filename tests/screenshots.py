"""`python -m tests.screenshots`: what costtui draws of the demo company with an empty cache, into screenshots/.

Writes SVG; PNG where Chromium is installed; the walk from the overview to a cause as an animated GIF. With --check nothing is written:
the SVG files must be what would be written, and PNG and GIF must have been made from them.
"""

import argparse
import asyncio
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image
from textual.pilot import Pilot

from costtui.ui.lines import LineList
from tests.fakes.demo_explorer import demo_explorer, fill

FOLDER = Path(__file__).parent.parent / "screenshots"
MADE_FROM = FOLDER / "made-from.txt"
"""The digest of what each PNG and GIF was made from: a browser does not draw the same bytes everywhere."""
USUAL, SMALL = (120, 40), (80, 24)
PIXELS = {USUAL: (1482, 1026), SMALL: (994, 636)}
"""Of the picture that Textual makes of this many cells."""
VIEWS = {
    "overview": ["0"],
    "functions": ["1"],
    "function": ["1", "slash", *"thumbnail", "enter", "enter"],
    "explained": ["1", "e"],
    "drift": ["2"],
    "drifted-resource": ["2", "j", "j", "enter"],
    "customers": ["3"],
    "customer": ["3", "enter"],
    "related": ["3", "x"],
    "compared": ["1", "c"],
    "commands": ["1", "colon", *"acme"],
    "help": ["1", "question_mark"],
}
"""Keys from the start to each picture."""
SMALL_VIEWS = {"overview-80x24": ["0"]}
WALK = (
    ("", "costtui --demo"),
    ("3", "3: customers, the costliest first"),
    ("x", "x: what hangs together with Acme Corp"),
    ("checkout-authorize  ", "↓: the function that costs it most"),
    ("enter", "Enter: that function"),
    ("x", "x: who pays for it, and what drifted"),
    ("CheckoutFn  ", "↓: the drift on it"),
    ("enter", "Enter: who did it, and what it costs"),
    ("difference  ", "↓: the amount"),
    ("e", "e: that number, explained"),
)
"""A key, or words on the line to go down to; and what the picture is called."""
KEYS = {"", "3", "x", "enter", "e"}
MOST_LINES = 40
FRAME_MILLISECONDS, GIF_WIDTH, COLOURS = 2600, 1000, 192


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="costtui-screenshots-") as folder:
        cache = Path(folder)
        fill(cache)
        pictures = {name: asyncio.run(_picture(cache, keys, USUAL)) for name, keys in VIEWS.items()}
        pictures |= {name: asyncio.run(_picture(cache, keys, SMALL)) for name, keys in SMALL_VIEWS.items()}
        walk = asyncio.run(_walk(cache))
    return _compare(pictures, walk) if options.check else _write(pictures, walk)


async def _picture(cache: Path, keys: Sequence[str], size: tuple[int, int]) -> str:
    app = demo_explorer(cache)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        return app.export_screenshot(title="costtui --demo")


async def _walk(cache: Path) -> list[str]:
    """A picture after each step."""
    app, frames = demo_explorer(cache), []
    async with app.run_test(size=USUAL) as pilot:
        for step, title in WALK:
            if step not in KEYS:
                await _down_to(pilot, step)
            elif step:
                await pilot.press(step)
            await pilot.pause()
            frames.append(app.export_screenshot(title=title))
    return frames


async def _down_to(pilot: Pilot[None], words: str) -> None:
    for _ in range(MOST_LINES):
        lines = pilot.app.screen.query_one(LineList)
        if words in "".join(text for text, _ in lines.spans(lines.cursor)):
            return
        await pilot.press("down")
    raise AssertionError(f"no line has {words!r}")


def _compare(pictures: Mapping[str, str], walk: Sequence[str]) -> int:
    old = [f"{name}.svg" for name, svg in pictures.items() if not _svg(name).exists() or _svg(name).read_text(encoding="utf-8") != svg]
    known = MADE_FROM.read_text(encoding="utf-8").splitlines() if MADE_FROM.exists() else []
    made = {f"{name}.png": _digest([svg]) for name, svg in pictures.items()} | {"walk.gif": _digest(walk)}
    old += [name for name, digest in made.items() if f"{digest}  {name}" not in known or not (FOLDER / name).exists()]
    if old:
        sys.stderr.write(f"screenshots/ does not show what costtui draws now ({', '.join(old)}): run python -m tests.screenshots\n")
    return int(bool(old))


def _write(pictures: Mapping[str, str], walk: Sequence[str]) -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, svg in pictures.items():
        _svg(name).write_text(svg, encoding="utf-8")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.stderr.write("no PNG and no GIF were made: they need Chromium (apt-get install chromium fonts-firacode fonts-dejavu)\n")
        return 0
    for name in pictures:
        _drawn(browser, _svg(name), PIXELS[SMALL if name in SMALL_VIEWS else USUAL]).quantize(COLOURS).save(
            FOLDER / f"{name}.png", optimize=True
        )
    _write_walk(browser, walk)
    made = {f"{name}.png": _digest([svg]) for name, svg in pictures.items()} | {"walk.gif": _digest(walk)}
    MADE_FROM.write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(made.items())), encoding="utf-8")
    return 0


def _svg(name: str) -> Path:
    return FOLDER / f"{name}.svg"


def _digest(pictures: Sequence[str]) -> str:
    return hashlib.sha256("".join(pictures).encode()).hexdigest()


def _write_walk(browser: str, walk: Sequence[str]) -> None:
    frames = []
    with tempfile.TemporaryDirectory(prefix="costtui-walk-") as folder:
        for number, svg in enumerate(walk):
            path = Path(folder) / f"{number}.svg"
            path.write_text(svg, encoding="utf-8")
            drawn = _drawn(browser, path, PIXELS[USUAL])
            frames.append(drawn.resize((GIF_WIDTH, GIF_WIDTH * drawn.height // drawn.width), Image.Resampling.LANCZOS))
    palette = frames[0].quantize(COLOURS)
    few = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    few[0].save(FOLDER / "walk.gif", save_all=True, append_images=few[1:], duration=FRAME_MILLISECONDS, loop=0, optimize=True)


def _drawn(browser: str, svg: Path, pixels: tuple[int, int]) -> Image.Image:
    """The picture as a browser draws it."""
    with tempfile.TemporaryDirectory(prefix="costtui-chromium-") as profile:
        png = Path(profile) / "drawn.png"
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        command += [f"--window-size={pixels[0]},{pixels[1]}", f"--screenshot={png}", svg.as_uri()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        return Image.open(png).convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
