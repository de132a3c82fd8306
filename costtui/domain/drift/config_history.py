"""What AWS Config has recorded of one resource: each change as the difference of two states, without secrets."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec

from costtui.domain.drift.compare import compare
from costtui.domain.drift.records import RecordedChange
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets


class ConfigHistory(msgspec.Struct, frozen=True):
    """The changes of one resource, newest first; `note` says why there are none, or that there are more."""

    subject: str
    looked_up: datetime
    changes: list[RecordedChange] = []
    note: str = ""


class Subject(msgspec.Struct, frozen=True):
    """What is asked about: a resource of an account and region, under CloudFormation's name for its type."""

    account: str
    region: str
    type: str
    id: str

    def __str__(self) -> str:
        return "/".join((self.account, self.region, self.type, self.id))

    @classmethod
    def read(cls, text: str) -> "Subject | None":
        """None for what is no such subject. Only the id may hold a slash."""
        parts = text.split("/", 3)
        return cls(*parts) if len(parts) == 4 and all(parts) else None


CHANGED = "changed"
"""A state that came after another one; Config's other words are told even where no property differs."""


class State(msgspec.Struct, frozen=True):
    """One recorded state, with all its values: never to leave the source."""

    at: datetime
    words: str
    values: dict[str, Any]


def changes(subject: Subject, states: Sequence[State], key: bytes = b"") -> Iterator[RecordedChange]:
    """Each of `states` (newest first) against the next older one; of the oldest nothing is known before it. What differs only in noise, or
    in what Config itself adds, is no change."""
    secrets = Secrets(key=key)
    for state in states:
        secrets.add_named(state.values, subject.type)
        secrets.add_labelled(state.values)
    for state, older in pairwise(states):
        found = [
            difference(subject.type, change, secrets, declared=False, place=str(subject))
            for change in (compare(subject.type, older.values, state.values) if older.values and state.values else ())
        ]
        real = [one for one in found if one.class_ != "noise"]
        if real or (state.words != older.words and state.words != CHANGED):
            yield RecordedChange(state.at, state.words, real)
