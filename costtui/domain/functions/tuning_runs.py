"""Imports of tuning runs: the tool's JSON output, its URL, REPORT lines, CSV. Every import keeps durations; prices are computed anew."""

import csv
import json
from decimal import Decimal
from typing import Any

from costtui.domain.functions.limits import LARGEST_MB, LONGEST_MS, SMALLEST_MB, written_number
from costtui.domain.functions.log_exports import holds_reports, log_lines
from costtui.domain.functions.measured_sizes import Observation, TuningRun
from costtui.domain.functions.power_tuning import tool_match
from costtui.domain.functions.report_lines import ReportLine, read_reports
from costtui.domain.functions.visualization_url import TuningError, is_visualization_url, read_visualization_url
from costtui.domain.prices.price_book import ToolPrice

COLUMNS = ("memory_mb", "duration_ms", "init_ms")
DELIMITERS = ",;\t"


def _number(value: object, where: str) -> Decimal:
    number = None if isinstance(value, bool) else written_number(str(value).strip())
    if number is None or number < 0:
        raise TuningError(f"{where} is {str(value)[:40]!r}, not a number", "write milliseconds as 145.2 and memory as 256")
    if number > LONGEST_MS:
        raise TuningError(f"{where} is {str(value)[:40]}", "no function runs that long: write milliseconds")
    return number


def _memory(value: object, where: str) -> int:
    size = _number(value, where)
    if size != int(size) or not SMALLEST_MB <= size <= LARGEST_MB:
        raise TuningError(f"{where} is {str(value)[:40]}", f"a memory size is a whole number from {SMALLEST_MB} to {LARGEST_MB} MB")
    return int(size)


def _of_report(report: ReportLine) -> Observation:
    # A SnapStart restore is billed in the place of INIT.
    init = report.init_ms if report.init_ms is not None else report.billed_restore_ms
    return Observation(report.memory_mb, report.duration_ms, init, report.max_memory_used_mb)


def read_log(text: str, name: str) -> TuningRun:
    """REPORT and `platform.report` lines; raises TuningError when there is none."""
    log = read_reports(log_lines(text))
    if not log.lines:
        raise TuningError(f"{name} is empty", "give a log with REPORT lines, a CSV, a power-tuning output or its URL")
    if not log.reports:
        lines = "1 line" if log.lines == 1 else f"{log.lines} lines"
        broken = f" ({log.broken} broken, the first is line {log.first_broken})" if log.broken else ""
        raise TuningError(f"{name} has no readable REPORT line in {lines}{broken}", "export the log with the REPORT lines of the platform")
    return TuningRun(name, [_of_report(report) for report in log.reports], calls=True, broken=log.broken)


def read_csv(text: str, name: str) -> TuningRun:
    """`memory_mb,duration_ms[,init_ms]`, with that header or without; raises TuningError with line and column."""
    try:
        lines = list(csv.reader(text.splitlines(), delimiter=_delimiter(text) or ","))
    except csv.Error as error:
        raise TuningError(f"{name} is not CSV ({error})", "write memory_mb,duration_ms and one row for each size") from None
    rows = [(number, row) for number, row in enumerate(lines, start=1) if any(cell.strip() for cell in row)]
    if not rows:
        raise TuningError(f"{name} is empty", "write memory_mb,duration_ms and one row for each size")
    header = [cell.strip().lower() for cell in rows[0][1]]
    named = COLUMNS[0] in header and COLUMNS[1] in header
    if not named and any(cell.isidentifier() for cell in header) and not header[0][:1].isdigit():
        raise TuningError(
            f"{name} line {rows[0][0]} names no columns memory_mb and duration_ms, and no line is a REPORT line",
            "start a CSV with memory_mb,duration_ms or memory_mb,duration_ms,init_ms",
        )
    order = header if named else list(COLUMNS)
    places = {column: order.index(column) for column in COLUMNS if column in order}
    observations = [_csv_row(row, places, f"{name} line {number}") for number, row in rows[named:]]
    if not observations:
        raise TuningError(f"{name} has a header and no rows", "add one row for each measured memory size")
    return TuningRun(name, observations)


def _delimiter(text: str) -> str | None:
    """What separates the cells of the first line that has any; a log has tabs too, so they need numbers or names beside them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "," in first:
        return ","
    found = next((sign for sign in DELIMITERS if sign in first), None)
    cells = [cell.strip() for cell in first.split(found)] if found else []
    return found if COLUMNS[0] in first.lower() or (cells and cells[0].isdecimal()) else None


def _csv_row(row: list[str], places: dict[str, int], where: str) -> Observation:
    def cell(column: str) -> str:
        place = places.get(column)
        return row[place].strip() if place is not None and place < len(row) else ""

    memory = _memory(cell("memory_mb"), f"{where}, column memory_mb,")
    duration = _number(cell("duration_ms"), f"{where}, column duration_ms,")
    init = _number(cell("init_ms"), f"{where}, column init_ms,") if cell("init_ms") else None
    return Observation(memory, duration, init)


def _document(text: str, name: str) -> Any:
    try:
        document: Any = json.loads(text, parse_float=Decimal)
        while isinstance(document, str) or (isinstance(document, dict) and isinstance(document.get("output"), str)):
            document = json.loads(document if isinstance(document, str) else document["output"], parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise TuningError(
            f"{name} line {error.lineno} column {error.colno} is not JSON ({error.msg})", "save the state machine's output again"
        ) from None
    except RecursionError:
        raise TuningError(f"{name} is nested too deeply", "save the state machine's output again") from None
    except ValueError:
        raise TuningError(f"{name} holds a number of thousands of digits", "save the state machine's output again") from None
    return document


def read_output(text: str, name: str, prices: tuple[ToolPrice, ...]) -> list[TuningRun]:
    """The tool's JSON output: its `stats`, else its visualization URL, else the one best size."""
    document = _document(text, name)
    if isinstance(document, list) and document and all(isinstance(entry, dict) and "averageDuration" in entry for entry in document):
        document = {"stats": document}
    if not isinstance(document, dict):
        raise TuningError(f"{name} is JSON without a tuning output", "give the object with power, cost and duration")
    if document.get("stats") is not None:
        return [_stats(document["stats"], name, prices)]
    machine = document.get("stateMachine")
    url = machine.get("visualization") if isinstance(machine, dict) else None
    if isinstance(url, str):
        return read_visualization_url(url, prices)
    if "power" in document and "duration" in document:
        best = Observation(_memory(document["power"], f"{name}: power"), _number(document["duration"], f"{name}: duration"))
        return [TuningRun(name, [best])]
    raise TuningError(
        f"{name} has neither stats nor a visualization URL nor power and duration", "run the tuning tool with includeOutputResults"
    )


def _stats(stats: Any, name: str, prices: tuple[ToolPrice, ...]) -> TuningRun:
    if not isinstance(stats, list) or not stats:
        raise TuningError(f"{name}: stats is not a list of sizes", "run the tuning tool with includeOutputResults")
    observations = [_entry(entry if isinstance(entry, dict) else {}, f"{name}: stats[{n}]") for n, entry in enumerate(stats)]
    points = [(one.memory_mb, float(one.duration_ms), one.tool_cost) for one in observations if one.tool_cost is not None]
    return TuningRun(name, observations, match=tool_match(prices, points))


def _entry(fields: dict[str, Any], where: str) -> Observation:
    price = fields.get("averagePrice")
    return Observation(
        _memory(fields.get("value"), f"{where}.value"),
        _number(fields.get("averageDuration"), f"{where}.averageDuration"),
        tool_cost=None if price is None else float(_number(price, f"{where}.averagePrice")),
    )


def _is_json_log(lines: list[str]) -> bool:
    """Several lines that are an object each, or say so: a log in JSON, of which no line is a report."""
    return len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines)


def read_tuning(text: str, name: str, prices: tuple[ToolPrice, ...]) -> list[TuningRun]:
    """Whatever `text` is: told by its content, since a log, an output and a CSV may all come through a pipe."""
    stripped = text.lstrip("\ufeff").strip()
    lines = [line.strip() for line in stripped.splitlines() if line.strip()]
    if holds_reports(stripped) or _is_json_log(lines):
        return [read_log(stripped, name)]
    if stripped.startswith(("{", '"', "[")):
        return read_output(stripped, name, prices)
    if lines and all(is_visualization_url(line) for line in lines):
        return [run for line in lines for run in read_visualization_url(line, prices)]
    if _delimiter(stripped):
        return [read_csv(stripped, name)]
    return [read_log(stripped, name)]
