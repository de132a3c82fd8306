"""The pipe, with a real fetcher at its other end: it works, it dies with its parent, and nobody else gets at it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from costtui.config import Settings, load, parse
from costtui.domain.period import resolve
from costtui.panes import pane
from costtui.service.link import FetcherLink
from costtui.service.live import LiveBackend, Run
from costtui.service.messages import Connection, Event, Finished, Lost, Progress, Prompt, Updated, frame_size
from tests.conftest import NOW
from tests.fakes.plans import project

WINDOW = resolve("7d", NOW)
PATIENCE = 15.0


class Ear:
    """Hears a backend."""

    def __init__(self, backend: LiveBackend) -> None:
        self.backend = backend
        self.events: list[Event] = []
        self._more = asyncio.Event()
        backend.listen(self._hear)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    async def until(self, test: Callable[[Event], bool]) -> Event:
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events:
                    if test(event):
                        self.events.remove(event)
                        return event
                self._more.clear()
                await self._more.wait()

    async def finished(self, name: str = "drift") -> Finished:
        event = await self.until(lambda event: isinstance(event, Finished | Lost) and getattr(event, "pane", name) == name)
        assert isinstance(event, Finished), event
        return event


def run_of(folder: Path, settings: Settings | None = None, **more: Any) -> Run:
    settings = settings or load(project(folder), required=True)
    return Run(settings, Connection("test"), folder / "cache", folder / "log", "here", NOW, **more)


@pytest.fixture
async def ear(tmp_path: Path) -> AsyncIterator[Ear]:
    backend = LiveBackend(run_of(tmp_path))
    yield Ear(backend)
    await backend.close()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


async def test_hello_want_finished(ear: Ear) -> None:
    ear.backend.want("drift", WINDOW)
    done = await ear.finished()
    assert (done.problems, done.window) == ([], WINDOW)
    assert any(isinstance(event, Updated) for event in ear.events)
    data = ear.backend.stored(pane("drift"), WINDOW)
    assert data is not None
    assert {row.address for row in data.rows} == {"aws_instance.web", "aws_cloudwatch_metric_alarm.errors"}


async def test_wants_that_come_while_it_starts_are_all_answered(ear: Ear) -> None:
    ear.backend.want("drift", WINDOW)
    await asyncio.sleep(0)
    ear.backend.want("functions", WINDOW)
    await asyncio.sleep(0.005)
    ear.backend.want("customers", WINDOW)
    for name in ("drift", "functions", "customers"):
        await ear.finished(name)


async def test_a_kill_is_noticed_and_the_next_want_works(ear: Ear) -> None:
    ear.backend.want("drift", WINDOW)
    await ear.finished()
    first = ear.backend.fetcher_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    lost = await ear.until(lambda event: isinstance(event, Lost))
    assert lost == Lost("it was killed by signal 9")
    assert ear.backend.stored(pane("drift"), WINDOW) is not None
    ear.backend.want("drift", WINDOW)
    await ear.finished()
    assert ear.backend.fetcher_pid not in (None, first)


async def test_closing_is_instant_and_leaves_no_child(tmp_path: Path) -> None:
    backend = LiveBackend(run_of(tmp_path))
    ear = Ear(backend)
    backend.want("drift", WINDOW)
    await ear.finished()
    pid = backend.fetcher_pid
    assert pid is not None
    began = time.monotonic()
    await backend.close()
    assert time.monotonic() - began < 0.5
    assert not alive(pid)


async def test_closing_while_it_starts_leaves_no_child(tmp_path: Path) -> None:
    backend = LiveBackend(run_of(tmp_path))
    backend.want("drift", WINDOW)
    await asyncio.sleep(0)
    await backend.close()
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    assert not [pid for pid in children if b"costtui.fetcher" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_the_child_has_a_session_of_its_own_and_no_terminal(ear: Ear) -> None:
    ear.backend.want("drift", WINDOW)
    await ear.finished()
    pid = ear.backend.fetcher_pid
    assert pid is not None
    assert os.getsid(pid) == pid
    terminal = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[4]
    assert terminal == "0"


async def test_a_log_that_cannot_be_opened_is_a_loss_and_no_crash(tmp_path: Path) -> None:
    backend = LiveBackend(Run(Settings(), Connection("x"), tmp_path / "cache", tmp_path, "here"))
    ear = Ear(backend)
    backend.want("drift", WINDOW)
    lost = await ear.until(lambda event: isinstance(event, Lost))
    assert isinstance(lost, Lost)
    assert "could not be started" in lost.reason
    await backend.close()


async def test_a_stray_write_into_the_pipe_ends_the_link_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chatter = tmp_path / "python"
    chatter.write_text("#!/bin/sh\necho 'Enter your password:'\nsleep 5\n")
    chatter.chmod(0o700)
    heard: list[Event] = []
    link = FetcherLink(heard.append, tmp_path / "log")
    monkeypatch.setattr(sys, "executable", str(chatter))
    await link.start()
    async with asyncio.timeout(PATIENCE):
        while not heard:
            await asyncio.sleep(0.02)
    assert isinstance(heard[0], Lost)
    assert "unreadable" in heard[0].reason
    await link.close()


def test_a_length_that_no_frame_has_is_refused() -> None:
    assert frame_size(b"\0\0\0\7") == 7
    with pytest.raises(ValueError, match="out of step"):
        frame_size(b"Ente")


PARENT = """
import asyncio, sys
from pathlib import Path
from tests.service.test_link import Ear, WINDOW, run_of
from costtui.service.live import LiveBackend

async def main():
    backend = LiveBackend(run_of(Path(sys.argv[1])))
    ear = Ear(backend)
    backend.want("drift", WINDOW)
    await ear.finished()
    print(backend.fetcher_pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_the_child_is_gone_within_a_second_after_its_parent_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    assert gone_within(pid, 1.0)


@contextlib.contextmanager
def fetcher(parent: int) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, "-P", "-m", "costtui.fetcher", str(parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        yield child


def test_end_of_file_on_the_pipe_ends_it() -> None:
    with fetcher(os.getpid()) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        time.sleep(0.3)
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(2) == 0
        assert child.stdout.read() == b""


def test_a_child_whose_parent_is_gone_already_does_not_begin() -> None:
    with fetcher(1) as child:
        assert child.wait(5) == 0


XML = "https://sts.amazonaws.com/doc/2011-06-15/"


class Sts(BaseHTTPRequestHandler):
    """AssumeRole with an MFA code, GetCallerIdentity; anything else is an empty list of functions."""

    codes: list[str] = []
    keys: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = dict(part.partition("=")[::2] for part in body.split("&"))
        self.keys.append(self.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
        if fields.get("Action") == "AssumeRole":
            self.codes.append(fields.get("TokenCode", ""))
            until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            credentials = "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            result = f"<Credentials>{credentials}<Expiration>{until}</Expiration></Credentials>"
        else:
            result = "<Account>111122223333</Account><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><UserId>u</UserId>"
        action = fields.get("Action", "X")
        self.answer(f'<{action}Response xmlns="{XML}"><{action}Result>{result}</{action}Result></{action}Response>', "text/xml")

    def do_GET(self) -> None:
        self.answer('{"Functions": []}', "application/json")

    def answer(self, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Sts]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sts)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    Sts.codes.clear()
    Sts.keys.clear()
    yield Sts
    server.shutdown()
    server.server_close()
    thread.join()


def profile_settings(profile: str, folder: Path) -> Settings:
    return parse(f"[aws]\nprofiles = ['{profile}']\nregions = ['us-east-1']\n[drift]\ncloudformation = false", name="c", base=folder)


async def test_a_credential_process_cannot_disturb_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sts: type[Sts]) -> None:
    script = tmp_path / "get-keys"
    script.write_text(
        "#!/bin/sh\n"
        "echo 'noise on stderr' >&2\n"
        f"cat > {tmp_path}/eaten\n"  # everything that stdin holds
        f"(cat < /dev/tty) > {tmp_path}/tty 2>&1\n"
        f"printf 'noise' > /proc/$PPID/fd/1; printf 'noise' > /proc/$PPID/fd/0 2>/dev/null\n"
        'echo \'{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "s"}\'\n'
    )
    script.chmod(0o700)
    config = tmp_path / "aws-config"
    config.write_text(f"[profile tool]\nregion = us-east-1\ncredential_process = {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    backend = LiveBackend(run_of(tmp_path, profile_settings("tool", tmp_path)))
    ear = Ear(backend)
    try:
        backend.want("functions", WINDOW)
        done = await ear.finished("functions")
        assert done.problems == []
        data = backend.stored(pane("functions"), WINDOW)
        assert data is not None
        assert next(source.state for source in data.sources if source.name == "aws.sts") == "fresh"
        backend.want("functions", WINDOW, refresh=True)
        await ear.finished("functions")
    finally:
        await backend.close()
    assert set(sts.keys) == {"AKIDPROCESS"}
    assert (tmp_path / "eaten").read_text() == ""
    assert "No such device" in (tmp_path / "tty").read_text()
    assert not any(isinstance(event, Progress) and "noise" in event.doing for event in ear.events)


MFA = """
[profile base]
aws_access_key_id = AKIDBASE
aws_secret_access_key = s
[profile role]
region = us-east-1
source_profile = base
role_arn = arn:aws:iam::111122223333:role/reader
mfa_serial = arn:aws:iam::111122223333:mfa/someone
"""


@pytest.fixture
async def mfa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sts: type[Sts]) -> AsyncIterator[Ear]:
    assert sts.codes == []
    config = tmp_path / "aws-config"
    config.write_text(MFA)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    backend = LiveBackend(run_of(tmp_path, profile_settings("role", tmp_path)))
    yield Ear(backend)
    await backend.close()


async def test_an_mfa_prompt_comes_over_the_pipe_and_its_answer_reaches_aws(mfa: Ear, sts: type[Sts]) -> None:
    mfa.backend.want("functions", WINDOW)
    prompt = await mfa.until(lambda event: isinstance(event, Prompt))
    assert isinstance(prompt, Prompt)
    assert "arn:aws:iam::111122223333:mfa/someone" in prompt.question
    mfa.backend.answer(prompt.id, "123456")
    done = await mfa.finished("functions")
    assert done.problems == []
    assert sts.codes == ["123456"]
    assert sts.keys.count("AKIDBASE") == 1
    assert set(sts.keys) == {"AKIDBASE", "ASIAROLE"}
    assert not any(isinstance(event, Prompt) for event in mfa.events), "one code is asked for once"


async def test_an_mfa_prompt_that_is_dismissed_is_a_problem_in_words(mfa: Ear, sts: type[Sts]) -> None:
    mfa.backend.want("functions", WINDOW)
    prompt = await mfa.until(lambda event: isinstance(event, Prompt))
    assert isinstance(prompt, Prompt)
    mfa.backend.answer(prompt.id, None)
    done = await mfa.finished("functions")
    assert "aws: the sign-in was dismissed: refresh to be asked again" in [problem.sentence for problem in done.problems]
    assert {problem.kind for problem in done.problems} <= {"no-credentials", "expired"}
    assert not any(isinstance(event, Prompt) for event in mfa.events), "once dismissed is dismissed for every source"
    assert sts.codes == []
    mfa.backend.want("functions", WINDOW, refresh=True)
    assert await mfa.until(lambda event: isinstance(event, Prompt))
