"""Usage of customers from CSV files: `day,tenant,metric,value`, one weight per line."""

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from costtui.domain.customers.records import UsagePoint
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError

COLUMNS = ("day", "tenant", "metric", "value")


def weight(text: str, tenant: str, day: date, *, source: str, where: str) -> Decimal:
    """The value as a weight. Raises SourceError that names tenant and day where it is negative or not a finite number."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        what = f"the value of tenant {tenant!r} on {day} is {text.strip()!r}"
        raise SourceError(Problem("malformed", source, what, "a finite number of 0 or more is expected: correct it and refresh", where))
    return value


def read(path: Path, *, metric: str | None = None, window: Window | None = None) -> list[UsagePoint]:
    """The usage in the file; with `metric` only its lines, with `window` only its days. A column `resource` is read where present.

    Raises SourceError that names the line where one cannot be read: a weight that is left out would move money to others.
    """
    source = f"usage:{metric}" if metric else "usage"

    def malformed(what: str) -> SourceError:
        return SourceError(Problem("malformed", source, what, f"write it as {','.join(COLUMNS)}", str(path)))

    points: list[UsagePoint] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, skipinitialspace=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise malformed(f"its first line has no column {missing[0]}")
            for fields in reader:
                if None in fields or any(fields[name] is None for name in COLUMNS):
                    raise malformed(f"line {reader.line_num} has not as many fields as the first line")
                try:
                    day = date.fromisoformat(fields["day"].strip())
                except ValueError:
                    raise malformed(f"line {reader.line_num}: {fields['day']!r} is no day as in 2026-10-05") from None
                value = weight(fields["value"], fields["tenant"], day, source=source, where=f"{path}, line {reader.line_num}")
                if (metric is None or fields["metric"].strip() == metric) and (window is None or window.start <= day < window.end):
                    resource = (fields.get("resource") or "").strip()
                    points.append(UsagePoint(day, fields["tenant"], fields["metric"].strip(), value, resource))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise malformed(f"it cannot be read ({error})") from None
    return points
