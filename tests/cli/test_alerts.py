"""`costtui alerts`: told once, told again when it is worse, told when it is over; to whom, and what a webhook may answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from costtui.export import webhook
from tests.cli.test_show_bill import CONFIG, Firm, charge

RULES = """
[customers.directory]
source = "csv"
path = "crm.csv"
[[alerts.rule]]
when = "margin-below"
threshold = "0"
[alerts.routes]
default_env = "HOOK"
growth_env = "GROWTH_HOOK"
"""


class Hooks(ThreadingHTTPServer):
    """A webhook receiver; `answers` are given in turn, then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(path, block["text"]["text"]) for path, body in self.got for block in body["blocks"]]


class _Hook(BaseHTTPRequestHandler):
    server: Hooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        if status == 200:
            self.server.got.append((self.path, json.loads(body)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    with Hooks() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HOOK", f"{server.url}/default-secret")
        monkeypatch.setenv("GROWTH_HOOK", f"{server.url}/growth-secret")
        yield server
        server.shutdown()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(webhook, "_pause", waited.append)
    return waited


@pytest.fixture
def firm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Firm:
    firm = Firm(tmp_path, capsys)
    firm.configure(CONFIG + RULES)
    (tmp_path / "crm.csv").write_text("id,name,mrr,owner_team\nacme,Acme <&> Co,100,growth\nglobex,Globex,100,media\n")
    return firm


def cost(firm: Firm, acme: str, globex: str = "50") -> None:
    firm.bill(charge(acme, tag_customer="acme"), charge(globex, tag_customer="globex"), charge("0.5", tag_customer=f"x{acme}"))


def test_told_once_then_worse_then_over(firm: Firm, hooks: Hooks) -> None:
    cost(firm, "120")
    out, _ = firm("alerts", code=3)
    assert out == "new    margin-below    Acme <&> Co: margin -20.00 USD (-20.0%), below 0%  (growth)\n1 alert on, 1 to tell\n"
    said = "new    margin-below    Acme &lt;&amp;&gt; Co: margin -20.00 USD (-20.0%), below 0%  (growth)"
    assert hooks.told == [("/growth-secret", said)]
    assert hooks.got[0][1]["text"] == "costtui, files only: 1 alert"
    assert firm("alerts", code=3)[0] == "1 alert on, 0 to tell\n"
    cost(firm, "125")
    assert firm("alerts", code=3)[0] == "1 alert on, 0 to tell\n", "not twice as bad: nothing new"
    cost(firm, "150")
    assert firm("alerts", code=3)[0].startswith("worse  margin-below")
    cost(firm, "90")
    assert (
        firm("alerts")[0]
        == "over   margin-below    Acme <&> Co: was: margin -50.00 USD (-50.0%), below 0%  (growth)\n0 alerts on, 1 to tell\n"
    )
    assert [path for path, _ in hooks.told] == ["/growth-secret"] * 3
    assert firm("alerts")[0] == "0 alerts on, 0 to tell\n"
    assert len(hooks.got) == 3


def test_a_dry_run_sends_and_stores_nothing(firm: Firm, hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    cost(firm, "120")
    monkeypatch.delenv("GROWTH_HOOK")
    dry = firm("alerts", "--dry-run", code=3)[0]
    assert dry == firm("alerts", "--dry-run", code=3)[0]
    assert hooks.got == []
    _, err = firm("alerts", code=2)
    assert err == "costtui: the environment variable GROWTH_HOOK is not set: put the webhook's address there, or use --dry-run\n"
    monkeypatch.setenv("GROWTH_HOOK", f"{hooks.url}/growth-secret")
    assert firm("alerts", code=3)[0] == dry


def test_each_team_hears_of_its_own_and_the_default_of_the_rest(firm: Firm, hooks: Hooks) -> None:
    cost(firm, "120", "130")
    firm("alerts", code=3)
    assert sorted(path for path, _ in hooks.told) == ["/default-secret", "/growth-secret"]
    firm.configure((CONFIG + RULES).replace("default_env", "other_env"))
    cost(firm, "120", "400")
    _, err = firm("alerts", code=2)
    assert err == "costtui: no webhook for the alerts of team 'media': set media_env or default_env in [alerts.routes]\n"


def test_throttling_and_server_errors_are_waited_out(firm: Firm, hooks: Hooks, waits: list[float]) -> None:
    cost(firm, "120")
    hooks.answers = [(429, {"Retry-After": "7"}), (503, {})]
    firm("alerts", code=3)
    assert (waits, len(hooks.got)) == ([7.0, 2.0], 1)


@pytest.mark.parametrize(
    ("answers", "tries"),
    [([(500, {})] * 3, 3), ([(404, {})], 1), ([(302, {"Location": "http://127.0.0.1:1/"})], 1), ([(429, {"Retry-After": "86400"})], 1)],
)
def test_what_was_not_delivered_is_tried_again_by_the_next_run(
    firm: Firm, hooks: Hooks, waits: list[float], answers: list[tuple[int, dict[str, str]]], tries: int
) -> None:
    cost(firm, "120")
    hooks.answers = list(answers)
    out, err = firm("alerts", code=1)
    assert err.startswith(f"costtui: the webhook in GROWTH_HOOK was not told: it answered {answers[0][0]}")
    assert "secret" not in out + err
    assert (hooks.answers, len(waits)) == ([], tries - 1)
    assert firm("alerts", code=3)[0].startswith("new ")
    assert len(hooks.got) == 1


def test_what_cannot_be_looked_at_is_not_over(firm: Firm, hooks: Hooks) -> None:
    cost(firm, "120")
    firm("alerts", code=3)
    path = firm.folder / "focus" / "2026-10.csv"
    path.rename(path.with_suffix(".gone"))
    assert firm("alerts", "--period", "2026-10", code=1)[0] == ""
    path.with_suffix(".gone").rename(path)
    assert firm("alerts", code=3)[0] == "1 alert on, 0 to tell\n"
    assert len(hooks.got) == 1


def test_without_rules_there_is_nothing_to_do(firm: Firm) -> None:
    firm.configure(CONFIG)
    assert firm("alerts")[0] == "no alert rules: add [[alerts.rule]] to the configuration\n"


@pytest.mark.usefixtures("hooks")
def test_the_cache_may_be_cleared_without_telling_everything_again(firm: Firm) -> None:
    cost(firm, "120")
    firm("alerts", code=3)
    firm("cache", "clear")
    assert firm("alerts", code=3)[0] == "1 alert on, 0 to tell\n"


def test_messages_keep_to_the_limits_and_never_cut_an_escape() -> None:
    bodies = webhook.messages("t", [f"{number}" for number in range(101)])
    assert [len(body["blocks"]) for body in bodies] == [50, 50, 1]
    (body,) = webhook.messages("t", ["x" * 2_997 + "&&&"])
    text = body["blocks"][0]["text"]["text"]
    assert text == "x" * 2_997 + "…"
    assert len(text) <= 3_000
