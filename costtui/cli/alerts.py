"""`costtui alerts`: evaluate the rules of the configuration and deliver what is new, for cron."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from costtui.cli.errors import CliError, UsageError
from costtui.cli.examples import examples
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.wiring import prepare, window_of
from costtui.config import environment
from costtui.domain.alerts.firing import Alert, customer_alerts, drift_alerts, function_alerts
from costtui.domain.alerts.notices import Notice, Told, notices, remembered
from costtui.domain.alerts.rules import AlertRule
from costtui.domain.loaded import PaneData
from costtui.domain.text import literal
from costtui.export.webhook import WebhookError, messages, post
from costtui.panes import panes
from costtui.service.live import Run
from costtui.store import Store, alerts_key

FIRED = 3
DEFAULT = "default"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent; send and store nothing")
    examples(
        parser,
        "costtui alerts --dry-run",
        "0 * * * *  costtui alerts --log-file ~/alerts.log        in a crontab",
    )


def run(args: argparse.Namespace) -> int:
    run = prepare(args)
    rules = run.settings.alerts.rule
    if not rules:
        answer("no alert rules: add [[alerts.rule]] to the configuration\n")
        return 0
    _, window = window_of(args, run)
    wanted = {rule.pane for rule in rules}
    found = fetch(run, [spec for spec in panes() if spec.id in wanted], window)
    data = {one.pane: one for one in found.panes}
    firing = [alert for one in found.panes for alert in _firing(rules, one)]
    seen = {name for name, one in data.items() if _whole(one)}
    for name in sorted(data.keys() - seen):
        sys.stderr.write(f"costtui: {name} could not be seen whole: its alerts that are on stay on\n")
    with closing(Store(run.cache_dir)) as store:
        key = alerts_key(run.connection.id)
        kept = store.get(key, dict[str, Told])
        told: dict[str, Told] = kept.value if kept else {}
        news = notices(firing, told, seen, {rule.when for rule in rules})
        failures = [] if args.dry_run else _deliver(run, news, told, store, key)
    answer(_report(news, len({alert.key for alert in firing})))
    if failures:
        raise CliError("; ".join(failures), "it is tried again with the next run")
    return FIRED if firing else 0


def _firing(rules: Sequence[AlertRule], data: PaneData[Any, Any]) -> list[Alert]:
    if data.pane == "customers":
        return list(customer_alerts(rules, data.rows, data.totals, data.window))
    return list(drift_alerts(rules, data.rows) if data.pane == "drift" else function_alerts(rules, data.rows))


def _whole(data: PaneData[Any, Any]) -> bool:
    return all(source.state in ("fresh", "not-configured") for source in data.sources if source.makes_rows)


def _deliver(run: Run, news: Sequence[Notice], told: Mapping[str, Told], store: Store, key: str) -> list[str]:
    """Send the notices of each route and remember those that arrived; why others did not."""
    by_route: dict[str, list[Notice]] = {}
    for notice in news:
        by_route.setdefault(_route(run.settings.alerts.routes, notice, told), []).append(notice)
    urls = {variable: _url(variable) for variable in by_route}
    failures: list[str] = []
    for variable, found in by_route.items():
        try:
            for body in messages(f"costtui, {run.place}: {_count(len(found))}", [_line(notice) for notice in found]):
                post(urls[variable], body)
        except WebhookError as error:
            failures.append(f"the webhook in {variable} was not told: {error}")
            continue
        told = remembered(told, found, variable)
        store.put(key, told, as_of=run.now())
    return failures


def _route(routes: Mapping[str, str], notice: Notice, told: Mapping[str, Told]) -> str:
    """The environment variable that holds the address: of the team, else the default; whoever heard of it hears that it is over."""
    before = told.get(notice.alert.key)
    if notice.news == "over" and before is not None:
        return before.route
    team = notice.alert.team or DEFAULT
    variable = routes.get(f"{team}_env") or routes.get(f"{DEFAULT}_env")
    if variable is None:
        raise UsageError(f"no webhook for the alerts of team {team!r}", f"set {team}_env or {DEFAULT}_env in [alerts.routes]")
    return variable


def _url(variable: str) -> str:
    url = environment().get(variable, "").strip()
    if not url:
        raise UsageError(f"the environment variable {variable} is not set", "put the webhook's address there, or use --dry-run")
    return url


def _line(notice: Notice) -> str:
    alert = notice.alert
    text = f"was: {alert.text}" if notice.news == "over" else alert.text
    team = f"  ({literal(alert.team)})" if alert.team else ""
    return f"{notice.news:<5}  {alert.when:<14}  {literal(alert.name)}: {literal(text)}{team}"


def _count(alerts: int) -> str:
    return f"{alerts} alert{'s' if alerts != 1 else ''}"


def _report(news: Sequence[Notice], firing: int) -> str:
    lines = [_line(notice) for notice in news]
    return "\n".join([*lines, f"{_count(firing)} on, {len(news)} to tell"]) + "\n"
