"""`python -m tests.screenshots`: each pane and one detail of it, from the demo company with an empty cache, into screenshots/.

Writes SVG, and PNG where Chromium is installed. With --check nothing is written: the SVG files must be what would be written.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fakes.demo_explorer import demo_explorer, fill

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZE = (120, 40)
VIEWS = {
    "functions": ["1"],
    "function": ["1", "slash", *"thumbnail", "enter", "enter"],
    "drift": ["2"],
    "drifted-resource": ["2", "enter"],
    "customers": ["3"],
    "customer": ["3", "enter"],
}
WIDTH, HEIGHT = 1482, 1026
"""Of the picture that Textual makes of this many cells, in pixels."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="costtui-screenshots-") as folder:
        fill(Path(folder))
        pictures = {name: asyncio.run(_picture(Path(folder), keys)) for name, keys in VIEWS.items()}
    return _compare(pictures) if options.check else _write(pictures)


async def _picture(cache: Path, keys: list[str]) -> str:
    app = demo_explorer(cache)
    async with app.run_test(size=SIZE) as pilot:
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        return app.export_screenshot(title="costtui --demo")


def _compare(pictures: dict[str, str]) -> int:
    old = [name for name, svg in pictures.items() if not _svg(name).exists() or _svg(name).read_text(encoding="utf-8") != svg]
    if old:
        sys.stderr.write(f"screenshots/ does not show what costtui draws now ({', '.join(old)}): run python -m tests.screenshots\n")
    return int(bool(old))


def _write(pictures: dict[str, str]) -> int:
    FOLDER.mkdir(exist_ok=True)
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    for name, svg in pictures.items():
        _svg(name).write_text(svg, encoding="utf-8")
        if browser is not None:
            _png(browser, name)
    if browser is None:
        sys.stderr.write("no PNG files were made: they need Chromium (apt-get install chromium fonts-firacode fonts-dejavu)\n")
    return 0


def _svg(name: str) -> Path:
    return FOLDER / f"{name}.svg"


def _png(browser: str, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="costtui-chromium-") as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            f"--window-size={WIDTH},{HEIGHT}",
            f"--screenshot={FOLDER / name}.png",
            _svg(name).as_uri(),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


if __name__ == "__main__":
    sys.exit(main())
