"""Rules as they stand in the configuration: what is read, and the sentence for what cannot be."""

import tomllib
from decimal import Decimal

import msgspec
import pytest

from costtui.domain.customers.rules import SharedRule


def rule(text: str) -> SharedRule:
    return msgspec.convert(tomllib.loads(text), SharedRule)


def test_a_rule_reads_from_toml() -> None:
    found = rule('match = { service = "Amazon RDS", untagged = true }\nsplit = "driver:requests"')
    assert (found.method, found.driver, found.match.name) == ("driver", "requests", "Amazon RDS, untagged")
    shares = rule('match = { region = "eu-*" }\nsplit = "fixed"\npercent = { acme = 25, globex = "74.5", hooli = 0.5 }').shares
    assert shares == {"acme": Decimal(25), "globex": Decimal("74.5"), "hooli": Decimal("0.5")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('match = {}\nsplit = "even"', "match is empty"),
        ('match = { servce = "DB" }\nsplit = "even"', "unknown field `servce`"),
        ('match = { service = "" }\nsplit = "even"', "match.service is empty"),
        ('match = { category = "credit" }\nsplit = "even"', "Invalid enum value 'credit'"),
        ('match = { tag = "stage" }\nsplit = "even"', 'write it as "key=value"'),
        ('match = { service = "DB" }\nsplit = "proportional"', "split 'proportional' is not known"),
        ('match = { service = "DB" }\nsplit = "driver:"', "split 'driver:' is not known"),
        ('match = { service = "DB" }\nsplit = "even:requests"', "split 'even:requests' is not known"),
        ('match = { service = "DB" }\nsplit = "weights"', "needs weights"),
        ('match = { service = "DB" }\nsplit = "even"\nweights = { a = 1 }', "remove weights"),
        ('match = { service = "DB" }\nsplit = "weights"\nweights = { a = -1 }', "weights.a is -1"),
        ('match = { service = "DB" }\nsplit = "weights"\nweights = { a = "inf" }', "weights.a is Infinity"),
        ('match = { service = "DB" }\nsplit = "weights"\nweights = { a = 0 }', "weights are all 0"),
        ('match = { service = "DB" }\nsplit = "weights"\nweights = { a = 1, "A " = 2 }', "names one customer twice"),
        ('match = { service = "DB" }\nsplit = "fixed"\npercent = { a = "99.99" }', "percent adds up to 99.99"),
        ('match = { service = "DB" }\nsplit = "fixed"\npercent = { a = true }', "got `bool`"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        rule(text)
    assert sentence in str(caught.value)
