"""Large plans: told how far the reading is, stopped on demand, and no secret missed by what makes them fast."""

import json
import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.drift.redaction import REDACTED, Secrets, is_secret_name, may_name_a_secret
from costtui.domain.drift.related.relations import Managed, Relations
from costtui.domain.problems import SourceError
from costtui.sources.terraform import Watch, read
from tests.benchmarks.drifted_plan import KINDS, write_plan

SECRET_NAMES = ("password", "PWD", "clientSecret", "token", "api_key", "APIKEY", "private_key_pem", "credentials", "connection_string",
                "ConnectionString", "user_data", "UserData", "access_key", "SharedKey", "account_key",
                "pa\u017f\u017fword", "to\u212aen")  # fmt: skip
IN_TEXTS = ("x://u:p@h", "-----BEGIN RSA PRIVATE KEY", "hooks.slack.com/services/T0", "password=a", 'PWD": x', "secret=a", "ghp_abcdefghij",
            "github_pat_abcdefghij", "sk_live_abcdefghij", "rk_live-abcdefghij", "xoxb-abcdefghij", "glpat-abcdefghij",
            "eyJhbGciOiJIUzI1.eyJ")  # fmt: skip


@pytest.fixture
def large(tmp_path: pathlib.Path) -> pathlib.Path:
    write_plan(tmp_path / "plan.json", 5_000_000)
    return tmp_path / "plan.json"


def test_every_resource_of_a_drifted_plan_is_told_and_no_password(large: pathlib.Path) -> None:
    said: list[tuple[str, int, int]] = []
    reading = read(large, watch=Watch(lambda *told: said.append(told)))
    assert len(reading.findings) == reading.coverage.checked == json.loads(large.read_bytes())["resource_drift"].__len__()
    assert {finding.type for finding in reading.findings} == {kind(0)[0] for kind in KINDS}
    assert "battery" in large.read_text()
    assert "battery" not in str(reading)
    steps = list(dict.fromkeys(doing for doing, _, _ in said))
    assert steps[0] == "reading plan.json, in MB"
    assert steps[-1] == "comparing drifted resources"
    compared = [(done, whole) for doing, done, whole in said if doing == steps[-1]]
    assert compared == [(number, len(reading.findings)) for number in range(0, len(reading.findings), 200)]


@pytest.mark.parametrize("after", [0, 1, 2, 4, 6])
def test_it_stops_wherever_it_is(large: pathlib.Path, after: int) -> None:
    asked = iter(range(after))
    with pytest.raises(SourceError, match="stopped while the plan was read"):
        read(large, watch=Watch(cancelled=lambda: next(asked, None) is None))


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_name_that_says_secret_is_never_passed_over(name: str, ascii_only: bool) -> None:
    assert is_secret_name(name)
    assert may_name_a_secret(json.dumps({"a": [{name: 1}]}, ensure_ascii=ascii_only).encode())


def test_what_names_no_secret_is_passed_over() -> None:
    assert not may_name_a_secret(b'{"id":"i-1","key_name":null,"tags":{"Key":"Value"},"kms_key_id":"x"}')


@given(st.text(max_size=12))
def test_any_name_that_says_secret_is_seen_in_its_bytes(name: str) -> None:
    if is_secret_name(name):
        assert may_name_a_secret(json.dumps({name: 1}).encode())
        assert may_name_a_secret(json.dumps({name: 1}, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("text", IN_TEXTS)
def test_a_secret_that_a_text_gives_away_is_seen(text: str) -> None:
    assert Secrets().clean_text(f"a {text}") == REDACTED


def _many() -> Iterator[str]:
    """Secrets that begin alike, as masked addresses do, of many lengths."""
    yield from (f"arn:aws:secretsmanager:us-east-1:111122223333:secret:{'x' * (number % 7)}{number}" for number in range(300))


def test_one_secret_among_many_that_begin_alike_is_found_and_nothing_else() -> None:
    secrets = Secrets(_many())
    inside = "see arn:aws:secretsmanager:us-east-1:111122223333:secret:xxxxx299!"
    assert secrets.clean_text(inside) == REDACTED
    assert secrets.clean_name(inside) == f"see {REDACTED}!"
    other = "arn:aws:secretsmanager:us-east-1:111122223333:secret:other"
    assert secrets.clean_text(other) is other
    assert secrets.clean_text(other) is other


def test_a_text_that_became_secret_later_is_secret() -> None:
    secrets = Secrets()
    assert secrets.clean_text("correct horse") == "correct horse"
    secrets.add("correct horse")
    assert secrets.clean_text("correct horse") == REDACTED


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", 1, None]))))
def test_resources_by_a_name_are_those_that_a_search_finds(pairs: list[tuple[bool, object]]) -> None:
    managed = [Managed("", "aws_x" if here else "aws_y", {"Owner": owner}) for here, owner in pairs]
    relations = Relations(managed, managed[:1])
    for wanted in ("a", "b", "c"):
        assert list(relations.naming("aws_x", "owner", wanted)) == [v for v in relations.now("aws_x") if v["owner"] == wanted]
        assert list(relations.naming("aws_x", "owner", wanted, left=True)) == [v for v in relations.was("aws_x") if v["owner"] == wanted]
    assert not relations.naming("aws_x", "owner", 1)
