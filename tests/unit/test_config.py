"""config.toml: the contract's own example loads, and every error names the file, the key and what was expected."""

from decimal import Decimal
from pathlib import Path

import pytest

from costtui.config import ConfigError, Settings, load, money, paid_budget, parse, path_from, resolve

EXAMPLE = """
[aws]
profiles = ["prod"]                 # several accounts side by side; [] asks no AWS account at all
regions = ["us-east-1", "eu-west-1"]
organization = false                # true: every active account of the organization, through `role`
role = "arn:aws:iam::{account}:role/costtui-read-only"
exclude_accounts = ["sandbox-*"]    # ids or name patterns
billing_profile = "payer"           # the only one that Cost Explorer is asked with; payer and members are never added up

[ownership]                         # first that is present wins
team = ["tag:team", "tag:owner"]
environment = ["tag:env", "account-name"]

[functions]
window_days = 30
tuning = ["tuning/*.json"]          # power-tuning outputs, URLs in *.url files, REPORT logs
logs_insights = "ask"               # ask | never | always: it costs money per GB scanned

[drift]
cloudformation = true
terraform = ["infra/plan.json"]     # plan JSON or state files, globs
config_rules = true
required_tags = ["owner", "customer"]
remediation_usd_per_resource = "100"
[[drift.ignore]]
match = "aws_ecs_service.*:desired_count"
reason = "autoscaled"
expires = 2027-06-30
[drift.azure]
subscriptions = ["00000000-0000-0000-0000-000000000000"]

[customers]
tag = "customer"                    # short for: keys = ["tag:customer"]
# keys = ["tag:customer", "tag:tenant", "cost-category:Tenant", "account"]    # first that is present wins
# accounts = { "111122223333" = "acme" }                                     # one account per customer
exclude = ["internal-*"]            # shown apart, not ranked
display_currency = "USD"            # other currencies are converted with [fx] or stay in a section of their own
free_plans = ["free"]
[customers.billing]
source = "cost-explorer"            # cost-explorer | files | athena
# source = "files";  paths = ["focus/*.parquet", "s3://bucket/exports/focus/"]; profile = "billing"
# source = "athena"; database = "billing"; table = "focus"; workgroup = "primary"; output = "s3://bucket/prefix/"
[[customers.usage]]
name = "requests"
source = "prometheus"               # prometheus | cloudwatch | csv
url = "http://127.0.0.1:9090"
query = "sum by (tenant)(increase(tenant_requests_total[1d]))"
label = "tenant"
resource_label = "function"         # optional: which function served it
[customers.directory]
source = "csv"                      # csv | sqlite | postgres | http
path = "customers.csv"
[[customers.shared]]                # first match wins
match = { service = "Amazon RDS", untagged = true }
split = "driver:requests"           # direct-proportional | driver:NAME | even | weights | fixed | keep
[[alerts.rule]]
when = "margin-below"               # margin-below | free-hog | spike | drift-severity | drift-cost | saving-over
threshold = "0"
[alerts.routes]
default_env = "COSTTUI_WEBHOOK"     # Slack-compatible webhook per owner_team

[fx]                                # dated by the newest that is not after the day
"EUR/USD" = { "2026-10-01" = "1.0837" }

[prices]
discount_pct = "0"                  # a private discount on list prices, named wherever it is used

[budget]
paid_calls_usd_per_day = "0.50"

[ui]
theme = "textual-dark"
[ui.keys]
refresh = "ctrl+r"
"""


def settings(text: str) -> Settings:
    return parse(text, name="config.toml", base=Path("/etc/costtui"))


def test_the_contracts_example_loads() -> None:
    read = settings(EXAMPLE)
    assert read.aws.profiles == ["prod"]
    assert read.drift.remediation_usd_per_resource == 100
    assert read.drift.ignore[0].reason == "autoscaled"
    assert read.customers.ordered_keys == ["tag:customer"]
    assert read.customers.shared[0].split == "driver:requests"
    assert read.customers.usage[0].resource_label == "function"
    assert read.fx == {"EUR/USD": {"2026-10-01": Decimal("1.0837")}}
    assert read.budget.paid_calls_usd_per_day == Decimal("0.50")
    assert read.ui.keys == {"refresh": "ctrl+r"}
    assert resolve(read, "infra/plan.json") == Path("/etc/costtui/infra/plan.json")


def test_the_examples_other_lines_load() -> None:
    read = settings(
        """
        [customers]
        keys = ["tag:customer", "tag:tenant", "cost-category:Tenant", "account"]
        accounts = { "111122223333" = "acme" }
        [customers.billing]
        source = "files"
        paths = ["focus/*.parquet", "exports/"]
        [[customers.shared]]
        match = { commitment = "Unused" }
        split = "keep"
        [[customers.shared]]
        match = { service = "Amazon RDS" }
        split = "weights"
        weights = { acme = 2, globex = 1 }
        [[customers.shared]]
        match = { category = "Tax" }
        split = "fixed"
        percent = { acme = 60, globex = 40 }
        """
    )
    assert read.customers.ordered_keys[1] == "tag:tenant"
    assert len(read.customers.shared) == 3


def test_amounts_are_exact_however_they_are_written() -> None:
    assert settings("[budget]\npaid_calls_usd_per_day = 0.10").budget.paid_calls_usd_per_day == Decimal("0.10")
    assert settings("[budget]\npaid_calls_usd_per_day = 1").budget.paid_calls_usd_per_day == 1
    assert settings('[fx]\n"EUR/USD" = { "2026-10-01" = 1.1 }').fx["EUR/USD"]["2026-10-01"] == Decimal("1.1")


WRONG = [
    ("[aws]\nprofile = 'x'", "key aws.profile: unknown key"),
    ("[awz]", "key awz: unknown key"),
    ("base = '/'", "key base: unknown key"),
    ("[aws]\nregions = 'us-east-1'", "key aws.regions: expected `array | null`, got `str`"),
    ("[aws]\nregions = ['a', 7]", "key aws.regions[1]: expected `str`, got `int`"),
    ("[functions]\nwindow_days = 0", "key functions.window_days: expected `int` >= 1"),
    ("[functions]\nwindow_days = 999", "key functions.window_days: expected `int` <= 455"),
    ("[functions]\nlogs_insights = 'maybe'", "key functions.logs_insights: invalid enum value 'maybe': expected one of always, ask, never"),
    ("[drift]\nremediation_usd_per_resource = '-1'", "`remediation_usd_per_resource` is -1: expected 0 or more"),
    ("[drift]\nremediation_usd_per_resource = nan", "`remediation_usd_per_resource` is NaN: expected 0 or more"),
    ("[prices]\ndiscount_pct = '101'", "key prices: `discount_pct` is 101: expected 0 to 100"),
    ("[budget]\npaid_calls_usd_per_day = inf", "key budget: `paid_calls_usd_per_day` is Infinity: expected 0 or more"),
    ("[budget]\npaid_calls_usd_per_day = 'lots'", "key budget.paid_calls_usd_per_day: "),
    ("[[customers.usage]]\nname = 'x'\nsource = 'csv'", 'key customers.usage[0]: source = "csv" needs `path`'),
    ("[customers.directory]\nsource = 'ldap'", "key customers.directory.source: invalid enum value 'ldap': expected one of csv, "),
    ("[customers.directory]\nsource = 'sqlite'\npath = 'a'", 'key customers.directory: source = "sqlite" needs `query`'),
    (
        "[[customers.usage]]\nname = 'r'\nsource = 'access-log'\npath = 'x.log'",
        'key customers.usage[0]: source = "access-log" needs `pattern`',
    ),
    (
        "[[customers.usage]]\nname = 'r'\nsource = 'access-log'\npath = 'x.log'\nformat = 'json'",
        'key customers.usage[0]: source = "access-log" needs `tenant`',
    ),
    (
        "[[customers.usage]]\nname = 'r'\nsource = 'access-log'\npath = 'x.log'\npattern = '/(.*)/'",
        "key customers.usage[0]: `pattern` needs a group that names the tenant, as in (?P<tenant>[^/]+)",
    ),
    (
        "[[customers.usage]]\nname = 'r'\nsource = 'access-log'\npath = 'x.log'\npattern = '('",
        "key customers.usage[0]: `pattern` is no regular expression",
    ),
    ("[customers.billing]\nsource = 'files'", 'key customers.billing: source = "files" needs `paths`'),
    ("[customers.billing]\nsource = 'athena'\ndatabase = 'b'", 'key customers.billing: source = "athena" needs `table`'),
    (
        "[customers.billing]\nsource = 'athena'\ndatabase = 'b'\ntable = 't'\noutput = '/tmp'",
        "key customers.billing: `output` is '/tmp': expected a place in S3, as s3://bucket/prefix/",
    ),
    ("[[customers.shared]]\nmatch = {}\nsplit = 'even'", "key customers.shared[0].match: match is empty: name at least one of"),
    ("[fx]\neuro = { '2026-10-01' = '1' }", 'key fx."euro": expected two currencies as "EUR/USD"'),
    ("[fx]\n'EUR/USD' = { 'today' = '1' }", 'key fx."EUR/USD"."today": expected a date as 2026-10-01'),
    ("[fx]\n'EUR/USD' = { '2026-10-01' = '0' }", 'key fx."EUR/USD"."2026-10-01": expected a rate above 0'),
    ("[aws]\n[aws]", "not valid TOML: cannot declare"),
    ("[aws]\nx = y", "not valid TOML: invalid value (at line 2, column 5)"),
    ("[[alerts.rule]]\nwhen = 'rain'", "key alerts.rule[0].when: invalid enum value 'rain': expected one of "),
    ("[[customers.shared]]\nmatch = { category = 'Gift' }\nsplit = 'even'", "match.category: invalid enum value 'gift': expected one of "),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_an_error_names_file_key_and_what_was_expected(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(text)
    said = str(caught.value)
    assert said.startswith("config.toml: ")
    assert sentence.lower() in said.lower()
    assert "\n" not in said


def test_a_secret_in_the_file_is_refused_without_being_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        settings("[customers.directory]\nsource = 'http'\nurl = 'http://crm'\ntoken = 'hunter2'")
    assert "customers.directory.token: unknown key" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_no_file_is_needed_but_a_named_one_is(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml", required=False) == Settings()
    with pytest.raises(ConfigError, match=r"config\.toml: no such file: .*--config"):
        load(tmp_path / "config.toml", required=True)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"[aws]\nrole = '\xff'")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "config.toml", required=False)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, required=True)


def test_where_the_file_is() -> None:
    assert path_from({"COSTTUI_CONFIG": "/a.toml", "XDG_CONFIG_HOME": "/x"}) == (Path("/a.toml"), True)
    assert path_from({"COSTTUI_CONFIG": "", "XDG_CONFIG_HOME": "/x"}) == (Path("/x/costtui/config.toml"), False)
    path, named = path_from({"XDG_CONFIG_HOME": ""})
    assert path.parts[-3:] == (".config", "costtui", "config.toml")
    assert not named


def test_the_flag_stands_over_the_file() -> None:
    assert paid_budget(Settings(), None) is None
    file = settings("[budget]\npaid_calls_usd_per_day = 1")
    assert paid_budget(file, None) == 1
    assert paid_budget(file, Decimal(0)) == 0


@pytest.mark.parametrize("text", ["lots", "-1", "nan", "inf", ""])
def test_a_budget_is_an_amount(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--budget .*: expected an amount in USD"):
        money(text, "--budget")
