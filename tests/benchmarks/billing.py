"""Ten million rows of FOCUS into a rollup, beside the bare query that DuckDB answers of the same file.

`python -m tests.benchmarks.billing [ROWS]` makes the file once, then runs both, each in a process of its own; the bars are ratios.
What the pane takes to come out of the rollup as it is stored, decoding included, stands beside it.
"""

import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import gettempdir

import msgspec

from costtui.domain.customers.records import CustomerRow, LedgerLine
from costtui.domain.customers.rows import customer_rows
from costtui.domain.period import Window

ROWS = 10_000_000
WHAT = ("bare", "rollup", "pane")
RUNS = 3
"""Of each, in turn; the quickest counts, since what else the machine does only makes them slower."""
MOST_RATIO, MOST_MB, MOST_PANE_MS = 1.3, 1_024, 300
BARE = """select cast(ChargePeriodStart as date) as day, Tags['customer'] as customer, ServiceName, ChargeCategory, BillingCurrency,
    CommitmentDiscountStatus, SubAccountId, RegionId, sum(cast(BilledCost as decimal(38,12))), sum(cast(EffectiveCost as decimal(38,12))),
    sum(cast(ListCost as decimal(38,12))) from read_parquet('{path}') group by all"""
MAKE = """copy (select timestamp '2026-10-01' + to_minutes((n * 7 % 44640)::integer) as ChargePeriodStart,
    timestamp '2026-10-01' as BillingPeriodStart, timestamp '2026-11-01' as BillingPeriodEnd, random() as BilledCost,
    random() as EffectiveCost, random() as ListCost, 'USD' as BillingCurrency,
    case n % 97 when 0 then 'Tax' else 'Usage' end as ChargeCategory,
    'Service ' || (n % 40) as ServiceName, 'i-' || (hash(n) % 200000) as ResourceId, (100000000000 + n % 12)::varchar as SubAccountId,
    'region-' || (n % 6) as RegionId, case n % 9 when 0 then 'Used' end as CommitmentDiscountStatus, 'meter ' || (n % 300) as SkuMeter,
    case when n % 4 = 0 then cast(map {{}} as map(varchar, varchar))
      else map {{'customer': 'customer-' || (n % 11) , 'env': 'prod', 'team': 'team-' || (n % 23)}} end as Tags
    from range({rows}) numbers(n)) to '{path}' (format parquet)"""


def main(rows: int) -> int:
    path = Path(gettempdir()) / f"costtui-benchmark-{rows}.parquet"
    if not path.exists():
        import duckdb

        duckdb.sql(MAKE.format(rows=rows, path=path))
    runs = [(what, _run(what, path)) for _ in range(RUNS) for what in WHAT]
    results = {what: min(run for name, run in runs if name == what) for what in WHAT}
    ratio = results["rollup"][0] / results["bare"][0]
    for what, (seconds, megabytes, found) in results.items():
        _say(f"{what:<8} {seconds:6.2f} s of CPU {megabytes:7.0f} MB {found:>9,} groups")
    _say(f"ratio    {ratio:6.2f} (at most {MOST_RATIO}), {path.stat().st_size >> 20} MB of Parquet")
    pane_ms = results["pane"][0] * 1_000
    _say(f"pane     {pane_ms:6.0f} ms (at most {MOST_PANE_MS})")
    return 0 if ratio <= MOST_RATIO and results["rollup"][1] <= MOST_MB and pane_ms <= MOST_PANE_MS else 1


def _run(what: str, path: Path) -> tuple[float, float, int]:
    done = subprocess.run([sys.executable, "-m", __spec__.name, what, str(path)], capture_output=True, text=True, check=True)
    seconds, megabytes, found = done.stdout.split()
    return float(seconds), float(megabytes), int(found)


def _measured(what: str, path: Path) -> None:
    """CPU seconds, which other jobs on the machine do not lengthen, and the peak of memory."""
    stored = _stored(path) if what == "pane" else b""
    before = time.process_time()
    if what == "pane":
        found = len(_pane(stored))
    elif what == "bare":
        import duckdb

        found = len(duckdb.execute(BARE.format(path=path)).fetchall())
    else:
        from costtui.sources.billing_files import read

        found = len(read([path], keys=["tag:customer"]).lines)
    _say(f"{time.process_time() - before:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} {found}")


def _stored(path: Path) -> bytes:
    """The rollup that the default configuration makes, as the store has it."""
    from costtui.sources.billing_files import read

    return msgspec.msgpack.encode(read([path], keys=["tag:customer"], keep=[]).lines)


def _pane(stored: bytes) -> list[CustomerRow]:
    lines = msgspec.msgpack.decode(stored, type=list[LedgerLine])
    return customer_rows(lines, [], [], [], Window(date(2026, 10, 1), date(2026, 11, 1)))[0]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _measured(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
