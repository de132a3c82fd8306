"""Azure over a real socket, with answers shaped after Microsoft's published examples (PolicyStates_QuerySubscriptionScope.json, the
Resource Graph change samples, the client credentials grant)."""

import json
import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import NO_RECENT_CHANGE, DriftCoverage, DriftFinding
from costtui.domain.problems import Problem, SourceError
from costtui.sources import azure
from costtui.sources.azure.arm import Arm
from costtui.sources.azure.drift import STATES, AzureActors, AzureDrift
from costtui.sources.azure.tokens import Tokens
from costtui.sources.port import Request, Source

SUBSCRIPTION = "fffedd8f-ffff-fffd-fffd-fffed2f84852"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/myResourceGroup"
VM, VAULT = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/Web", f"{GROUP}/providers/Microsoft.KeyVault/vaults/keys"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATE = {
    "@odata.id": None,
    "timestamp": "2026-11-19T18:00:00Z",
    "resourceId": VM,
    "policyAssignmentName": "audit-disks",
    "policyDefinitionName": "24813039-7534-408a-9842-eb99f45721b1",
    "policyDefinitionAction": "audit",
    "isCompliant": False,
    "complianceState": "NonCompliant",
    "subscriptionId": SUBSCRIPTION,
    "resourceType": "Microsoft.Compute/virtualMachines",
    "resourceLocation": "westus2",
    "resourceGroup": "myResourceGroup",
}


def change(target: str, kind: str = "Update", day: int = 18, **told: Any) -> dict[str, Any]:
    """A row of `resourcechanges`, as the documentation shows it."""
    attributes = {
        "previousResourceSnapshotId": "08584889383111245807",
        "newResourceSnapshotId": "08584888383111245807",
        "correlationId": "11111111-1111-1111-1111-111111111111",
        "changesCount": 1,
        "timestamp": f"2026-11-{day:02}T13:26:17.347Z",
        "changedBy": "maria@lumenlabs.invalid",
        "changedByType": "User",
        "clientType": "Azure Portal",
        "operation": "microsoft.compute/virtualmachines/write",
    }
    changes = told.pop("changes", {"properties.hardwareProfile.vmSize": ("Standard_B2s", "Standard_D8s_v5")})
    return {
        "properties": {
            "targetResourceId": target,
            "targetResourceType": "microsoft.compute/virtualmachines",
            "changeType": kind,
            "changeAttributes": {**attributes, **told},
            "changes": {
                path: {
                    "previousValue": old,
                    "newValue": new,
                    "propertyChangeType": "Update",
                    "changeCategory": "User",
                    "isTruncated": "false",
                }
                for path, (old, new) in changes.items()
            },
        }
    }


Answer = tuple[int, dict[str, str], Any]


class Azure:
    """A local Azure: `states` and `rows` a page, and what it was asked. `faults` are given first."""

    def __init__(self) -> None:
        self.states: list[list[dict[str, Any]]] = [[STATE]]
        self.rows: list[list[dict[str, Any]]] = [[]]
        self.next_host = ""
        self.faults: list[Answer] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.path, dict(self.headers), body))
                status, headers, answer = outer.answer(self.path, body)
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, body: bytes) -> Answer:
        if "/oauth2/" in path:
            return 200, {}, {"token_type": "Bearer", "expires_in": 3599, "access_token": "token-of-principal"}
        if self.faults:
            return self.faults.pop(0)
        if "policyStates" in path:
            number = int(path.partition("page=")[2] or 0)
            more = number + 1 < len(self.states)
            link = f"{self.next_host or self.url}{path.partition('&page')[0]}&page={number + 1}" if more else None
            return 200, {}, {"@odata.nextLink": link, "@odata.count": len(self.states[number]), "value": self.states[number]}
        token = json.loads(body)["options"].get("$skipToken", "0")
        rows = self.rows[int(token)]
        rest = {"$skipToken": str(int(token) + 1)} if int(token) + 1 < len(self.rows) else {}
        return 200, {}, {"totalRecords": len(rows), "count": len(rows), "data": rows, "facets": [], "resultTruncated": "false", **rest}


@pytest.fixture
def cloud() -> Iterator[Azure]:
    server = Azure()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(autouse=True)
def _principal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TENANT_ID", "tenant"), ("CLIENT_ID", "app"), ("CLIENT_SECRET", "s3cret-of-app")):
        monkeypatch.setenv(f"AZURE_{name}", value)


class Asking:
    """Both sources over a local Azure, and how long they were told to wait."""

    def __init__(self, cloud: Azure) -> None:
        self.waits: list[float] = []
        self.arm = Arm(Tokens(cloud.url), cloud.url, self.waits.append)

    def drift(self) -> list[DriftFinding]:
        reports = self._records(AzureDrift(self.arm, [SUBSCRIPTION]), {})
        return [finding for report in reports for finding in report.findings]

    def actors(self, *findings: DriftFinding) -> list[Attribution]:
        report = DriftReport(list(findings), DriftCoverage("s", 0, 0))
        return self._records(AzureActors(self.arm, [SUBSCRIPTION]), {"azure-drift": [report]})

    def fails(self) -> Problem:
        with pytest.raises(SourceError) as caught:
            self.drift()
        return caught.value.problem

    def _records(self, source: Source, inputs: dict[str, Any]) -> list[Any]:
        items = source.fetch(Request(Scope("azure", SUBSCRIPTION), NOW, inputs=inputs))
        return [record for item in items if isinstance(item, Batch) for record in item.records]


@pytest.fixture
def asking(cloud: Azure) -> Asking:
    return Asking(cloud)


def test_a_resource_that_breaks_a_policy_is_a_finding(asking: Asking) -> None:
    (found,) = asking.drift()
    assert (found.id, found.status, found.type) == (
        "azure-policy/audit-disks/myresourcegroup/web",
        "noncompliant",
        "Microsoft.Compute/virtualMachines",
    )
    assert (found.account, found.region, found.physical_id) == (SUBSCRIPTION, "westus2", VM.lower())
    assert judge([found], today=date(2026, 11, 20)).rows[0].severity == "medium"


def test_only_what_does_not_comply_is_asked_for_with_the_token_of_the_principal(asking: Asking, cloud: Azure) -> None:
    asking.drift()
    (sign_in, _, form), (path, headers, _), *_ = cloud.asked
    assert (sign_in, b"client_credentials" in form, b"scope=https%3A%2F%2Fmanagement.azure.com%2F.default" in form) == (
        "/tenant/oauth2/v2.0/token",
        True,
        True,
    )
    assert "complianceState%20eq%20'NonCompliant'" in path
    assert headers["Authorization"] == "Bearer token-of-principal"


def test_every_page_is_read(asking: Asking, cloud: Azure) -> None:
    cloud.states = [[{**STATE, "resourceId": f"{VM}{number}"}] for number in range(3)]
    cloud.rows = [[change(f"{VAULT}{number}")] for number in range(3)]
    assert len(asking.drift()) == 6


def test_the_token_goes_to_no_other_host(asking: Asking, cloud: Azure) -> None:
    cloud.states, cloud.next_host = [[STATE], [STATE]], "http://evil.invalid"
    assert asking.fails().what == "the next page is on another host, 'evil.invalid'"


def test_a_page_that_leads_to_itself_ends(asking: Asking, cloud: Azure) -> None:
    link = {"@odata.nextLink": f"{cloud.url}/policyStates/again", "value": [STATE]}
    cloud.faults = [(200, {}, link), (200, {}, link)]
    assert len(asking.drift()) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "17"}, 17), ({"x-ms-user-quota-resets-after": "00:00:05"}, 5), ({"Retry-After": "soon"}, 5)]
)
def test_throttling_waits_as_long_as_it_is_told(asking: Asking, cloud: Azure, headers: dict[str, str], seconds: float) -> None:
    cloud.faults = [(429, headers, {"error": {"code": "RateLimiting"}})]
    assert len(asking.drift()) == 1
    assert asking.waits == [seconds]


def test_a_quota_that_is_used_up_is_waited_for_before_the_next_question(asking: Asking, cloud: Azure) -> None:
    used_up = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:04"}
    cloud.states = [[STATE], [STATE]]
    first = cloud.answer(STATES.format(SUBSCRIPTION), b"")
    cloud.faults = [(200, used_up, first[2]), (200, {"x-ms-user-quota-remaining": "9"}, {"value": []})]
    asking.drift()
    assert asking.waits == [4], "once, and never after the last answer"


def test_throttling_that_does_not_end_is_said(asking: Asking, cloud: Azure) -> None:
    cloud.faults = [(429, {"Retry-After": "1"}, {})] * 9
    assert (asking.fails().kind, len(asking.waits)) == ("throttled", 3)
    cloud.faults = [(429, {"Retry-After": "3600"}, {})]
    assert asking.fails().what == "Azure asks to wait 3600 s"


def test_a_token_that_ended_is_renewed_once(asking: Asking, cloud: Azure) -> None:
    cloud.faults = [(401, {}, {"error": {"code": "ExpiredAuthenticationToken"}})]
    assert len(asking.drift()) == 1
    assert sum("/oauth2/" in path for path, _, _ in cloud.asked) == 2
    cloud.faults = [(401, {}, {})] * 2
    assert asking.fails().kind == "expired"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((403, {}, {"error": {"code": "AuthorizationFailed", "message": "x"}}), "denied"),
        ((404, {}, {"error": {"code": "SubscriptionNotFound"}}), "failed"),
        ((200, {}, b"<html>sign in</html>"), "malformed"),
        ((200, {}, []), "failed"),
    ],
)
def test_what_is_no_answer_is_never_taken_for_compliance(asking: Asking, cloud: Azure, answer: Answer, kind: str) -> None:
    cloud.faults = [answer]
    assert asking.fails().kind == kind


def test_a_change_by_hand_is_drift_that_no_code_declares(asking: Asking, cloud: Azure) -> None:
    cloud.states, cloud.rows = [[]], [[change(VM)]]
    (found,) = asking.drift()
    (row,) = judge([found], today=date(2026, 11, 20)).rows
    assert [(one.path, one.expected, one.actual) for one in row.differences] == [
        ("/properties/hardwareProfile/vmSize", '"Standard_B2s"', '"Standard_D8s_v5"')
    ]
    assert (row.scope, row.tier, row.severity, row.status) == ("changed by hand", "undeclared", "low", "drifted")


@pytest.mark.parametrize(
    "told",
    [
        {"changedByType": "System", "changedBy": "System"},
        {"changedByType": "Application", "clientType": "Terraform"},
        {"clientType": "ARM Template"},
        {"operation": "microsoft.resources/deployments/write"},
        {"changedBy": ""},
    ],
)
def test_azure_itself_and_our_own_code_are_nobody(asking: Asking, cloud: Azure, told: dict[str, Any]) -> None:
    cloud.states, cloud.rows = [[]], [[change(VM, **told)]]
    assert asking.drift() == []
    finding = DriftFinding("azure-policy", "p", "web", "vm", VM.lower(), SUBSCRIPTION, None, "noncompliant")
    assert [(entry.actor, entry.note) for entry in asking.actors(finding)] == [(None, NO_RECENT_CHANGE)]


def test_what_was_changed_and_changed_back_is_no_drift(asking: Asking, cloud: Azure) -> None:
    there, back = {"tags.owner": ("data", "media")}, {"tags.owner": ("media", "data")}
    cloud.states, cloud.rows = [[]], [[change(VM, day=17, changes=there), change(VM, day=18, changes=back)]]
    assert asking.drift() == []
    cloud.rows = [[change(VM, day=17, changes=there), change(VM, day=18, changes={"tags.owner": ("media", "search")})]]
    assert [(one.expected, one.actual) for one in asking.drift()[0].differences] == [('"data"', '"search"')]


def test_a_deleted_and_a_new_resource_are_told_as_such(asking: Asking, cloud: Azure) -> None:
    cloud.states, cloud.rows = [[]], [[change(VM, "Delete", changes={}), change(VAULT, "Create", changes={})]]
    assert [(one.address, one.status) for one in asking.drift()] == [
        ("myresourcegroup/web", "deleted"),
        ("myresourcegroup/keys", "unmanaged"),
    ]


def test_the_last_one_who_changed_it_is_named_whatever_the_case_of_its_id(asking: Asking, cloud: Azure) -> None:
    cloud.rows = [[change(VM.upper(), day=17, changedBy="jonas", clientType="Azure CLI"), change(VM, day=18), change(VAULT)]]
    finding = DriftFinding("azure-policy", "p", "web", "vm", VM.lower(), SUBSCRIPTION, None, "noncompliant")
    (entry,) = asking.actors(finding)
    assert entry.actor is not None
    assert (entry.actor.who, entry.actor.via, entry.actor.event) == (
        "maria@lumenlabs.invalid",
        "console",
        "microsoft.compute/virtualmachines/write",
    )


def test_a_secret_among_the_changes_stops_at_the_door(asking: Asking, cloud: Azure) -> None:
    secret = {"properties.osProfile.adminPassword": ("hunter2hunter2", "correcthorse"), "tags.copy": ("x", "correcthorse")}
    cloud.states, cloud.rows = [[]], [[change(VM, changes=secret)]]
    told = str(asking.drift())
    assert "hunter2" not in told
    assert "correcthorse" not in told
    assert told.count("redacted=True") == 2


def az(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = folder / "az"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.delenv("AZURE_CLIENT_SECRET")


def test_without_a_principal_az_is_asked_once_for_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    az(tmp_path, f"""echo "$@" >> {log}; echo '{{"accessToken": "of-az", "expires_on": 5000}}'""", monkeypatch)
    moment = [1000.0]
    tokens = Tokens(clock=lambda: moment[0])
    assert [tokens.token() for _ in range(3)] == ["of-az"] * 3
    assert log.read_text() == "account get-access-token --resource https://management.azure.com -o json\n"
    moment[0] = 4900.0
    tokens.token()
    assert len(log.read_text().splitlines()) == 2, "it would have ended in the middle of a question"


@pytest.mark.parametrize(
    ("script", "action"), [("echo 'Please run az login' >&2; exit 1", "run: az login"), ("echo nonsense", "run: az login")]
)
def test_az_that_is_not_signed_in_says_what_to_do(tmp_path: Path, script: str, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    az(tmp_path, script, monkeypatch)
    with pytest.raises(SourceError) as caught:
        Tokens().token()
    assert (caught.value.problem.kind, caught.value.problem.action) == ("no-credentials", action)


def test_without_az_and_principal_both_ways_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="az is not installed: install it and run az login, or set AZURE_TENANT_ID"):
        Tokens().token()


def test_a_refused_principal_is_named_without_its_secret(cloud: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: str, _body: bytes) -> Answer:
        return 401, {}, {"error": "invalid_client", "error_description": "s3cret-of-app"}

    monkeypatch.setattr(cloud, "answer", refused)
    with pytest.raises(SourceError) as caught:
        Tokens(cloud.url).token()
    assert "invalid_client" in caught.value.problem.what
    assert "s3cret" not in caught.value.problem.sentence


def test_without_a_subscription_there_is_no_azure() -> None:
    assert azure.sources(parse("", name="config.toml", base=Path())) == []
    named = parse(f"[drift.azure]\nsubscriptions = ['{SUBSCRIPTION}']", name="config.toml", base=Path())
    assert [source.name for source in azure.sources(named)] == ["azure.policy", "azure.changes"]
