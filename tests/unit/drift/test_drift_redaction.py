"""Secrets by name, by mask and by value; what holds none comes back as the very same object."""

import hashlib
import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.drift.compare import Change
from costtui.domain.drift.masks import mask_at, masked
from costtui.domain.drift.records import Difference
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import REDACTED, Secrets, is_secret_name, leaves

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
MASK = st.recursive(
    st.booleans(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=6
)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (True, {"a": 1}, REDACTED),
        (True, True, REDACTED),
        (False, "abc", "abc"),
        ({}, {"a": "abc"}, {"a": "abc"}),
        ({"a": True}, {"a": "abc", "b": "x"}, {"a": REDACTED, "b": "x"}),
        ([False, True], ["abc", "def"], ["abc", REDACTED]),
        ([True], ["abc", "def"], [REDACTED, "def"]),
    ],
)
def test_a_mask_covers_the_whole_subtree_that_is_true(mask: Any, value: Any, shown: Any) -> None:
    assert Secrets().clean(value, "t", "/p", mask) == shown


def test_a_mask_is_found_at_and_below_a_pointer() -> None:
    mask = {"a": [True, {"b": True}], "c": True}
    assert mask_at(mask, "/a/0/deep/er") is True
    assert mask_at(mask, "/a/1/b") is True
    assert mask_at(mask, "/a/1") == {"b": True}
    assert mask_at(mask, "/c/x") is True
    assert mask_at(mask, "/a/7") is None
    assert mask_at(mask, "/d") is None


@pytest.mark.parametrize(
    "name", ["password", "db_passwd", "MasterUserPassword", "apiKey", "api_key", "private_key_pem", "ConnectionString", "user_data"]
)
def test_names_that_say_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["http_tokens", "HttpTokens", "secret_arn", "minimum_password_length", "max_password_age", "name", "passthrough"]
)
def test_names_that_only_sound_secret(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("count", [1, 5_000])
@pytest.mark.parametrize("text", ["hunter2-7", "a hunter2-7 b", "x=hunter2-7", json.dumps({"a": "hunter2-7"})])
def test_a_value_is_found_inside_other_text_among_few_and_many(count: int, text: str) -> None:
    secrets = Secrets(["hunter2-7", *(f"other-{n}" for n in range(count))])
    assert "hunter2-7" not in secrets.clean_text(text)
    assert secrets.clean_text("hunter2-") == "hunter2-"


def test_a_short_secret_is_taken_out_only_where_it_is_the_whole() -> None:
    secrets = Secrets(["abc", 7])
    assert secrets.clean({"a": "abc", "b": "abcd", "c": 7, "d": 77, "e": True}) == {
        "a": REDACTED,
        "b": "abcd",
        "c": REDACTED,
        "d": 77,
        "e": True,
    }


def test_a_json_text_keeps_its_names_and_loses_its_secrets() -> None:
    text = json.dumps({"password": "hunter2", "size": 1})
    assert json.loads(Secrets().clean(text, "t", "/settings")) == {"password": REDACTED, "size": 1}


@given(JSON)
def test_without_secrets_nothing_is_touched(value: Any) -> None:
    assert Secrets().clean(value, "t", "", None) is value or "pass" in repr(value).lower()


@given(JSON, MASK)
def test_what_a_mask_covers_is_taken_out_everywhere(value: Any, mask: Any) -> None:
    hidden = [leaf for part in masked(value, mask) for leaf in leaves(part)]
    left = {str(leaf) for leaf in leaves(Secrets(hidden).clean(value, "t", "", mask))}
    assert left.isdisjoint(map(str, hidden))


@given(st.text(min_size=6, max_size=12), st.text(max_size=5), st.text(max_size=5))
def test_no_text_around_a_secret_hides_it(secret: str, before: str, after: str) -> None:
    secrets = Secrets([secret])
    assert secrets.clean_text(before + secret + after) == REDACTED
    assert secrets.clean_text(json.dumps({"k": before + secret + after})) == REDACTED


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_a_bare_hash_of_a_secret_is_a_secret(name: str) -> None:
    digest = hashlib.new(name, b"hunter2").hexdigest()
    assert Secrets(["hunter2"]).clean_text(digest) == REDACTED
    assert Secrets(["hunter2"]).clean_text(digest.upper()) == REDACTED
    assert Secrets(["hunter3"]).clean_text(digest) == digest


@pytest.mark.parametrize("name", ["sha256", "sha512"])
def test_so_it_is_in_base64(name: str) -> None:
    digest = b64encode(hashlib.new(name, b"hunter2").digest()).decode()
    assert Secrets(["hunter2"]).clean_text(digest) == REDACTED
    assert Secrets(["hunter3"]).clean_text(digest) == digest


@given(st.text(min_size=6, max_size=12), st.text(max_size=5), st.text(max_size=5))
def test_base64_hides_no_secret(secret: str, before: str, after: str) -> None:
    encoded = b64encode((before + secret + after).encode()).decode()
    assert Secrets([secret]).clean_text(encoded) == REDACTED


def test_a_fingerprint_is_the_same_only_for_the_same_values_under_the_same_key() -> None:
    mine, yours = Secrets(key=b"mine"), Secrets(key=b"yours")
    prints = [mine.fingerprint("a", "old", "new"), mine.fingerprint("a", "old", "newer"), mine.fingerprint("b", "old", "new")]
    assert len({*prints, yours.fingerprint("a", "old", "new")}) == 4
    assert prints[0] == Secrets(key=b"mine").fingerprint("a", "old", "new")
    assert {one.partition(":")[0] for one in prints} == {prints[0].partition(":")[0]}
    assert yours.fingerprint("a", "old", "new").partition(":")[0] != prints[0].partition(":")[0]


def test_there_is_no_fingerprint_without_a_key_or_of_what_was_blacked_out_before() -> None:
    assert Secrets().fingerprint("a", "old", "new") == ""
    assert Secrets(key=b"mine").fingerprint("a", "****", "****") == ""


def test_a_secret_that_changes_again_is_told_apart_without_being_kept() -> None:
    def found(actual: str) -> Difference:
        secrets = Secrets(key=b"mine")
        return difference("aws_db_instance", Change("/password", "hunter2", actual, "change"), secrets, declared=True, place="db")

    first, again, later = found("hunter3"), found("hunter3"), found("hunter4")
    assert (first.redacted, first.expected, first.actual) == (True, None, None)
    assert first == again
    assert first.fingerprint not in ("", later.fingerprint)
    unchanged = difference("aws_db_instance", Change("/size", 1, 2, "change"), Secrets(key=b"mine"), declared=True, place="db")
    assert unchanged.fingerprint == ""
