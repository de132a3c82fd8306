"""AI models in a bill: which model, which tokens, how many; and whose they are by the inference profile's tags."""

from decimal import Decimal
from pathlib import Path

import pytest

from costtui.sources.billing_ai import SEPARATOR, tokens
from costtui.sources.billing_files import read

METERS = [
    ("USE1-Claude4.6Sonnet-input-tokens", "1K tokens", ("Claude4.6Sonnet", "input", Decimal(12_500))),
    ("EUW1-Claude4.6Sonnet-output-tokens", "1M tokens", ("Claude4.6Sonnet", "output", Decimal(12_500_000))),
    ("USE1-Claude4.6Sonnet-cache-read-input-token-count", "Tokens", ("Claude4.6Sonnet", "cache-read", Decimal("12.5"))),
    ("USE1-Claude4.6Sonnet-cache-write-input-token-count", "1000 Tokens", ("Claude4.6Sonnet", "cache-write", Decimal(12_500))),
    ("APN1-NovaPro-mantle-input-tokens-standard", "1K tokens", ("NovaPro", "input", Decimal(12_500))),
    ("USW2-Llama3-3-70B-output-tokens-batch", "1K tokens", ("Llama3-3-70B", "output", Decimal(12_500))),
    ("gpt-4o-2024-08-06, output tokens", "Tokens", ("gpt-4o-2024-08-06", "output", Decimal("12.5"))),
    ("claude-sonnet-5 prompt tokens (cached)", "million tokens", ("claude-sonnet-5", "cache-read", Decimal(12_500_000))),
    ("USE1-MP:USE1_InputTokenCount-Units", "Units", ("Claude 3.5 Sonnet", "input", None)),
    ("tokens", "Requests", ("Claude 3.5 Sonnet", "", None)),
]


@pytest.mark.parametrize(("meter", "unit", "expected"), METERS)
def test_a_meter_names_model_and_kind_and_its_unit_the_count(meter: str, unit: str, expected: tuple[str, str, Decimal | None]) -> None:
    told = SEPARATOR.join((meter, unit, ""))
    assert tokens(told, "Claude 3.5 Sonnet (Amazon Bedrock Edition)", Decimal("12.5")) == expected


def test_a_meter_without_a_model_leaves_it_to_the_column_that_has_one() -> None:
    assert tokens(SEPARATOR.join(("Input tokens", "Tokens", "gpt-5")), "OpenAI", Decimal(7)) == ("gpt-5", "input", Decimal(7))
    assert tokens(SEPARATOR.join(("Input tokens", "Tokens", "")), "OpenAI", None) == ("OpenAI", "input", None)


CUR = """line_item_usage_start_date,line_item_line_item_type,line_item_unblended_cost,line_item_currency_code,line_item_product_code,
line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_resource_id,resource_tags_user_customer""".replace("\n", "")
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/acme"


def test_an_inference_profiles_tag_places_the_tokens_of_each_kind(tmp_path: Path) -> None:
    kinds = {"input-tokens": 3, "output-tokens": 9, "cache-read-input-token-count": 1, "cache-write-input-token-count": 2}
    rows = [
        f"2026-10-05T{hour:02}:00:00Z,Usage,{cost},USD,AmazonBedrock,USE1-Claude4.6Sonnet-{kind},{cost * 10},1K tokens,{PROFILE},acme"
        for kind, cost in kinds.items()
        for hour in (1, 2)
    ]
    rows.append("2026-10-05T00:00:00Z,Usage,5,USD,AmazonEC2,BoxUsage,24,Hrs,i-1,acme")
    (tmp_path / "cur.csv").write_text("\n".join([CUR, *rows]) + "\n")
    lines = read([tmp_path / "cur.csv"], keys=["tag:customer"], keep=[]).lines
    assert {line.usage_kind: (line.model, line.billed, line.quantity) for line in lines if line.model} == {
        "input": ("Claude4.6Sonnet", Decimal(6), Decimal(60_000)),
        "output": ("Claude4.6Sonnet", Decimal(18), Decimal(180_000)),
        "cache-read": ("Claude4.6Sonnet", Decimal(2), Decimal(20_000)),
        "cache-write": ("Claude4.6Sonnet", Decimal(4), Decimal(40_000)),
    }
    assert [(line.service, line.billed, str(line.model), line.quantity) for line in lines if not line.model] == [
        ("AmazonEC2", Decimal(5), "", None)
    ]
