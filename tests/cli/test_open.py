"""A snapshot opened again: the same rows, the same details, the same bytes when it is saved."""

import tomllib
from pathlib import Path

import pytest

from costtui.cli.explore import Saver
from costtui.cli.main import main
from costtui.config import Settings
from costtui.domain.period import name_of
from costtui.export.document import detail_document
from costtui.export.reopen import SnapshotError, read_snapshot
from costtui.panes import panes
from costtui.service.opened import OpenedBackend
from costtui.ui.app import ExplorerApp
from tests.ui.fakes import text_of


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opened")
    path = folder / "demo.toml"
    assert main(["--demo", "--cache-dir", str(folder / "cache"), "snapshot", "-o", str(path)]) == 0
    return path


async def test_opened_and_saved_again_it_is_the_same_file(saved: Path, tmp_path: Path) -> None:
    snapshot = read_snapshot(saved, panes())
    backend = OpenedBackend(f"snapshot {saved.name}", snapshot.generated_at, snapshot.paid, snapshot.panes)
    save = Saver(snapshot.generated_at, snapshot.paid)
    app = ExplorerApp(backend, panes(), name_of(snapshot.window), Settings(), save)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "snapshot demo.toml" in text_of(app)
        assert "checkout-authorize" in text_of(app)
        await pilot.press("S")
        await pilot.press("ctrl+u", *str(tmp_path / "again.toml"), "enter")
        await app.workers.wait_for_complete()
    assert (tmp_path / "again.toml").read_bytes() == saved.read_bytes()


def test_every_detail_is_there_as_it_was(saved: Path, tmp_path: Path) -> None:
    snapshot = read_snapshot(saved, panes())
    for spec in panes():
        data = snapshot.panes[spec.id]
        assert [spec.document_row(row) for row in data.rows]
        for row in data.rows[:10]:
            assert detail_document(spec.detail(row, data))["sections"]
    Saver(snapshot.generated_at, snapshot.paid)(
        tmp_path / "x.toml", panes=[(spec, snapshot.panes[spec.id], snapshot.panes[spec.id].rows) for spec in panes()]
    )
    assert tomllib.loads((tmp_path / "x.toml").read_text(encoding="utf-8")) == tomllib.loads(saved.read_text(encoding="utf-8"))


def test_a_row_that_lacks_its_amount_is_named(saved: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.toml"
    odd.write_text(saved.read_text(encoding="utf-8").replace("direct = ", "indirect = ", 1), encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"row 1 of customers cannot be shown: direct is missing"):
        read_snapshot(odd, panes())
