"""The answer of `costtui tune` as a table, JSON, CSV or TOML."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from costtui import __version__
from costtui.domain.functions.measured_sizes import TuningRun
from costtui.domain.functions.next_size import next_size
from costtui.domain.functions.power_tuning import float32
from costtui.domain.functions.right_sizing import Conditions, PricedSize
from costtui.domain.functions.savings import savings
from costtui.domain.functions.verdict import Analysis
from costtui.domain.money import plain, plain_or_none, rounded
from costtui.domain.prices.price_book import PriceBook

FORMATS = ("table", "json", "csv", "toml")
POINT_COLUMNS = ("memory_mb", "duration_ms", "billed_ms", "cost_per_invocation", "monthly")
DIGITS = 10


class TuneAnswer(msgspec.Struct, frozen=True):
    """One function's runs, what came of them, and under which conditions."""

    runs: list[TuningRun]
    analysis: Analysis
    conditions: Conditions


def _shortest(value: float) -> str:
    """A float in the fewest digits that give it back: of a URL as the 32 bits that it has there, of an output as its 64."""
    if float32(value) != value:
        return plain(Decimal(repr(value)))
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return plain(Decimal(next(text for text in texts if float32(float(text)) == value or text == f"{value:.9g}")))


def _point(point: PricedSize) -> dict[str, Any]:
    document: dict[str, Any] = {
        "memory_mb": point.memory_mb,
        "duration_ms": plain(point.size.duration_ms),
        "billed_ms": point.billed_ms,
        "cost_per_invocation": plain(point.cost_per_invocation),
        "monthly": plain_or_none(point.monthly),
    }
    if point.size.tool_cost is not None:
        document["embedded_cost"] = _shortest(point.size.tool_cost)
    return document


def _share(value: Decimal | None) -> str | None:
    return None if value is None else plain(rounded(value, DIGITS))


def _judgement(answer: TuneAnswer) -> dict[str, Any]:
    analysis, verdict = answer.analysis, answer.analysis.verdict
    return {
        "points": [_point(point) for point in analysis.points],
        "current": analysis.current,
        "cheapest": analysis.cheapest,
        "fastest": analysis.fastest,
        "balanced": analysis.balanced,
        "verdict": {
            "memory_mb": verdict.memory_mb,
            "saving_pct": _share(verdict.saving_pct),
            "saving_monthly": plain_or_none(verdict.saving_monthly),
            "break_even_cold_rate": _share(verdict.break_even_cold_rate),
            "confidence": verdict.confidence,
            "reason": verdict.reason,
        },
    }


def _embedded(answer: TuneAnswer) -> list[str]:
    return [run.match.text for run in answer.runs if run.match is not None]


def _rates(answer: TuneAnswer, book: PriceBook) -> dict[str, Any]:
    rates, private = answer.conditions.rates, answer.conditions.discounts.private_pct
    document: dict[str, Any] = {
        "region": rates.region,
        "architecture": rates.architecture,
        "gb_second": plain(rates.duration[0].rate),
        "request": plain(rates.request),
        "currency": book.currency,
        "as_of": book.as_of.isoformat(),
        "source": rates.source or book.source,
    }
    return document | ({"discount_pct": plain(private)} if private else {})


def _document(answer: TuneAnswer, compared: list[TuneAnswer], book: PriceBook) -> dict[str, Any]:
    document: dict[str, Any] = {
        "schema_version": 1,
        "generated_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "costtui": __version__,
        **_judgement(answer),
        "rates": _rates(answer, book),
    }
    if embedded := _embedded(answer):
        document["embedded"] = embedded
    if broken := sum(run.broken for run in answer.runs):
        document["broken_lines"] = broken
    if compared:
        document["compared"] = [{"name": one.runs[0].name, **_judgement(one), "rates": _rates(one, book)} for one in compared]
    return document


def _without_unknown(value: Any) -> Any:
    """TOML has no null: what is unknown is absent."""
    if isinstance(value, dict):
        return {key: _without_unknown(item) for key, item in value.items() if item is not None}
    return [_without_unknown(item) for item in value] if isinstance(value, list) else value


def _csv(answer: TuneAnswer) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, POINT_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_point(point) for point in answer.analysis.points)
    return out.getvalue()


def _marks(point: PricedSize, analysis: Analysis) -> str:
    names = ("current", "cheapest", "fastest", "balanced")
    return " ".join(name for name in names if getattr(analysis, name) == point.memory_mb)


def _rows(analysis: Analysis) -> list[str]:
    heads = ("memory MB", "ms", "billed ms", "with INIT", "USD/million calls", "USD/month")
    rows = [heads]
    for point in analysis.points:
        million = rounded(point.cost_per_invocation * 1_000_000, 6)
        month = "unpriced" if point.monthly is None else f"{rounded(point.monthly, 2):,f}"
        warm, cold = f"{rounded(point.size.warm_billed_ms, 1).normalize():f}", "" if point.init_ms is None else str(point.billed_ms)
        rows.append((str(point.memory_mb), f"{rounded(point.size.duration_ms, 2):f}", warm, cold, f"{million:f}", month))
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    marks = ["", *(_marks(point, analysis) for point in analysis.points)]
    return [
        ("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "  " + mark).rstrip()
        for row, mark in zip(rows, marks, strict=True)
    ]


def _saved(pct: Decimal, monthly: Decimal | None, conditions: Conditions) -> str:
    """What the change saves, or costs where memory or speed is what it is for."""
    verb, less, sign = ("saves", "", 1) if pct >= 0 else ("costs", " more", -1)
    words = f", {verb} {rounded(sign * pct, 2)} %{less}"
    if monthly is None:
        return words
    price = "less the private discount" if conditions.discounts.private_pct else "at list price"
    return f"{words}, {rounded(sign * monthly, 2)} USD a month {price}{' with the free tier' if conditions.free_tier else ''}"


def _verdict_lines(answer: TuneAnswer) -> list[str]:
    verdict = answer.analysis.verdict
    size = "no size" if verdict.memory_mb is None else f"{verdict.memory_mb} MB"
    if verdict.memory_mb is not None and verdict.memory_mb == answer.analysis.current:
        return [f"verdict: keep {size} (confidence: {verdict.confidence})", f"  {verdict.reason}"]
    saved = "" if verdict.saving_pct is None else _saved(verdict.saving_pct, verdict.saving_monthly, answer.conditions)
    lines = [f"verdict: {size}{saved} (confidence: {verdict.confidence})", f"  {verdict.reason}"]
    if verdict.p95_change_ms is not None:
        lines.append(f"  p95 changes by {rounded(verdict.p95_change_ms, 2):+f} ms")
    return lines


def _saving_lines(answer: TuneAnswer, book: PriceBook) -> list[str]:
    """What the same change saves at the other prices that somebody may pay."""
    verdict = answer.analysis.verdict
    if verdict.saving_monthly is None or verdict.memory_mb == answer.analysis.current:
        return []
    first, *others = savings(answer.analysis, answer.conditions, book)
    shown = [first, *others] if answer.conditions.discounts.private_pct or answer.conditions.free_tier else others
    notes = {one.at: f", {one.note}" if one.note else "" for one in shown}
    return [f"  {one.at}: {rounded(one.monthly, 2)} USD a month{notes[one.at]}" for one in shown if one.monthly is not None]


def _table(answer: TuneAnswer, book: PriceBook) -> list[str]:
    rates, conditions = answer.conditions.rates, answer.conditions
    free = "with" if conditions.free_tier else "without"
    lines = [*_rows(answer.analysis), "", *_verdict_lines(answer), *_saving_lines(answer, book)]
    lines += [f"  embedded prices, not used: {text}" for text in _embedded(answer)]
    broken = sum(run.broken for run in answer.runs)
    if broken:
        lines.append(f"  {broken} broken REPORT lines skipped")
    proposal = next_size(answer.analysis.points, rates, book.api_call("states:StartExecution"))
    if proposal is not None:
        lines.append(f"next size to measure: {proposal.memory_mb} MB, {proposal.reason}; about {rounded(proposal.cost, 4)} USD")
        lines.append(f"  {proposal.command}")
    price = f"{plain(rates.duration[0].rate)} USD/GB-second, {plain(rates.request)} USD/request"
    lines.append(f"list price {rates.region} {rates.architecture}: {price}, {rates.source or book.source}, {book.as_of}")
    cold = f"{rounded(conditions.cold_rate * 100, 2).normalize():f} % cold starts"
    private = conditions.discounts.private_pct
    less = f"less {plain(private)} % private discount; without tax and" if private else "without tax, discounts and"
    lines.append(f"{conditions.invocations:,} calls a month {free} the free tier, {cold}; {less} Savings Plans")
    return lines


def _named(run: TuningRun) -> str:
    return "".join(sign for sign in run.name if sign.isprintable())


def write(style: str, answer: TuneAnswer, compared: list[TuneAnswer], book: PriceBook) -> str:
    """The text for stdout in one of FORMATS; the CSV holds the points of the first run."""
    if style == "csv":
        return _csv(answer)
    if style == "table":
        lines = _table(answer, book)
        for one in compared:
            lines += ["", f"compared with {_named(one.runs[0])}:", *_table(one, book)]
        return "\n".join(lines) + "\n"
    document = _document(answer, compared, book)
    if style == "json":
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    import tomli_w

    return tomli_w.dumps(_without_unknown(document))
