"""boto3 in one place: sessions by profile, clients on need, every request metered, paced, bounded in time and retried.

Client creation is not thread-safe in boto3, and costs 50 ms of CPU: it happens once per client, under a lock.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from costtui import __version__
from costtui.config import Aws
from costtui.domain.datasets import Scope
from costtui.domain.money import ZERO
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.errors import NOT_AWS, problem_of
from costtui.sources.aws.members import Member, Memory, assumed, members
from costtui.sources.aws.quick_answers import quicken
from costtui.sources.bridge import Pacer
from costtui.sources.port import Meter

PROVIDER = "aws"
GLOBAL_REGION = "us-east-1"
"""Where the services without a regional endpoint are asked."""
WORKERS = 8
"""More threads than this only wait for each other (GIL): nine requests in flight were the most ever seen."""

CONNECT_SECONDS = 5
READ_SECONDS = 30

Install = Callable[[Any, str], None]
"""Prepares a new botocore session of a profile; the demo cloud hooks itself in here."""


class AwsCloud:
    """The door to AWS for every source of this package."""

    def __init__(
        self,
        meter: Meter,
        pacer: Pacer,
        *,
        profiles: list[str],
        regions: list[str],
        prompt: Callable[[str], str],
        install: Install | None = None,
        organization: tuple[Aws, Memory] | None = None,
    ) -> None:
        self._meter, self._pacer, self._prompt, self._install = meter, pacer, prompt, install
        self._own = profiles
        self._organization = organization
        self._members: dict[str, Member] | None = None if organization else {}
        self._regions = regions
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.RLock()
        self._price = threading.local()

    @property
    def profiles(self) -> list[str]:
        """The configured profiles, then the names of the organization's other accounts. Raises SourceError when those cannot be told."""
        with self._lock:
            if self._members is None and self._organization is not None and self._own:
                here = Scope(PROVIDER, self._own[0], GLOBAL_REGION)
                self._members = {member.name: member for member in members(self, *self._organization, here)}
            return [*self._own, *(self._members or {})]

    def scopes(self, source: str) -> list[Scope]:
        """Every profile in every region. Raises SourceError when a profile has no region."""
        return [Scope(PROVIDER, profile, region) for profile in self.profiles for region in self._regions_of(profile, source)]

    def scope_of(self, profile: str, source: str) -> Scope:
        """A profile in the first of its regions. Raises SourceError when it has none."""
        return Scope(PROVIDER, profile, self._regions_of(profile, source)[0])

    def accounts_scopes(self) -> list[Scope]:
        """One scope a profile, for what does not depend on a region."""
        return [Scope(PROVIDER, profile, GLOBAL_REGION) for profile in self.profiles]

    def call(
        self, source: str, scope: Scope, service: str, operation: str, *, usd: Decimal = ZERO, covered: bool = False, **params: Any
    ) -> dict[str, Any]:
        """One answer of AWS. `operation` is the client's method name; `usd` is the list price of one request, `covered` says that the
        free tier pays for it.

        Raises SourceError with a typed problem."""
        try:
            client = self._client(scope, service)
            if _has_quota(client.meta.endpoint_url):
                self._pacer.take(scope.profile, scope.region, service, operation)
            self._price.now = (source, usd, covered)
            answer: dict[str, Any] = getattr(client, operation)(**params)
        except Exception as error:
            problem = (
                error.problem
                if isinstance(error, SourceError)
                else problem_of(error, source=source, where=scope.words, profile=scope.profile)
            )
            if problem.kind in ("expired", "no-credentials"):
                self._forget(scope.profile)
            raise SourceError(problem) from error
        if answer.keys() == {"ResponseMetadata"} and "html" in answer["ResponseMetadata"]["HTTPHeaders"].get("content-type", ""):
            raise SourceError(Problem("malformed", source, *NOT_AWS, scope.words))  # botocore reads any text as an empty JSON answer
        return answer

    def pages(
        self, source: str, scope: Scope, service: str, operation: str, *, ask: str, given: str, usd: Decimal = ZERO, **params: Any
    ) -> Iterator[dict[str, Any]]:
        """Every page of an answer, by token: `given` is the answer's field, `ask` the parameter that takes it."""
        token: str | None = None
        while True:
            extra: dict[str, Any] = {ask: token} if token else {}
            page = self.call(source, scope, service, operation, usd=usd, **params, **extra)
            yield page
            following = page.get(given) or None
            if following is None:
                return
            if following == token:
                raise SourceError(
                    Problem("malformed", source, "the same page was given twice", "refresh; report it if it stays", scope.words)
                )
            token = following

    def _regions_of(self, profile: str, source: str) -> list[str]:
        if self._regions:
            return self._regions
        try:
            region = self._session(profile).get_config_variable("region")
        except Exception as error:
            raise SourceError(problem_of(error, source=source, where=profile, profile=profile)) from error
        if not region:
            raise SourceError(
                Problem("no-credentials", source, "no region is set", "set AWS_REGION, --region or [aws] regions", profile or "environment")
            )
        return [region]

    def _session(self, profile: str) -> Any:
        import botocore.session

        with self._lock:
            session = self._sessions.get(profile)
            if session is None:
                member = (self._members or {}).get(profile)
                if member is None:
                    session = botocore.session.Session(profile=profile or None)
                else:
                    session = assumed(self._session(self._own[0]), self._own[0] or None, member)
                if self._install is not None:
                    self._install(session, profile)
                session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
                with contextlib.suppress(Exception):  # a botocore without that provider asks for no code either
                    session.get_component("credential_provider").get_provider("assume-role")._prompter = self._prompt
                self._sessions[profile] = session
            return session

    def _forget(self, profile: str) -> None:
        """The next call signs in anew, so that `aws sso login` elsewhere, or another MFA code, counts without a restart."""
        with self._lock:
            self._sessions.pop(profile, None)
            self._clients = {key: client for key, client in self._clients.items() if key[0] != profile}

    def _client(self, scope: Scope, service: str) -> Any:
        import boto3
        from botocore.config import Config

        key = (scope.profile, scope.region, service)
        with self._lock:
            client = self._clients.get(key)
            if client is None:
                patience = {"mode": "standard", "total_max_attempts": 3 if service == "ce" else 5}
                config = Config(
                    retries=patience,
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    max_pool_connections=WORKERS,
                    user_agent_extra=f"costtui/{__version__}",
                    parameter_validation=service != "cloudwatch",  # 500 queries: a third of the call's CPU
                )
                client = boto3.Session(botocore_session=self._session(scope.profile)).client(
                    service, region_name=scope.region, config=config
                )
                client.meta.events.register("before-send.*.*", self._before_send)
                quicken(client)
                self._clients[key] = client
            return client

    def _before_send(self, request: Any, event_name: str, **_: Any) -> None:  # noqa: ARG002
        """Botocore calls this for each request on the wire, silent retries included."""
        self.charge(event_name.rpartition(".")[2])

    def charge(self, operation: str) -> None:
        """Meter one request of the call that this thread is making; the demo's hook comes here too."""
        source, usd, covered = getattr(self._price, "now", ("aws", ZERO, False))
        (self._meter.covered if covered else self._meter.charge)(source, operation, usd)

    def settle(self, source: str, operation: str, usd: Decimal) -> None:
        self._meter.settle(source, operation, usd)

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        self._meter.afford(source, usd, what)


def _has_quota(endpoint: str) -> bool:
    """False for an emulator on this machine: it has no quota that deployments share, and waiting would protect nobody."""
    host = urlsplit(endpoint).hostname or ""
    return not (host == "localhost" or host.startswith("127.") or host == "::1")


def _timestamp(value: Any) -> Any:
    """Epoch numbers as they come: parsing 15,000 of them into dates is nine tenths of a GetMetricData call."""
    if isinstance(value, int | float):
        return value
    from botocore.utils import parse_timestamp

    return parse_timestamp(value)


def moment(value: Any) -> datetime | None:
    """A timestamp of any answer as an aware UTC datetime; None where there is none or it cannot be read."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace("+0000", "+00:00"))
        except ValueError:
            return None
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else None
