"""Whoever changes the shape of a stored record must raise `store.SCHEMA`, so that an older store is set aside and not misread."""

import hashlib
from typing import Any

import msgspec

from costtui.domain.datasets import DATASETS
from costtui.panes import panes
from costtui.store import SCHEMA

SHAPES = {2: "056521116815b6fb"}
"""The digest of all stored shapes, by schema. A new digest is a new line here, and a new SCHEMA."""


def shape(kind: Any) -> str:
    """Field names, types and defaults of a type and of all it is made of, in the order in which they are stored."""
    return repr(msgspec.json.schema(kind))


def test_a_changed_shape_raises_the_schema() -> None:
    kinds = [dataset.record for dataset in DATASETS.values()] + [pane.data_type for pane in panes()]
    digest = hashlib.sha256("\n".join(shape(kind) for kind in kinds).encode()).hexdigest()[:16]
    assert digest == SHAPES[SCHEMA]
