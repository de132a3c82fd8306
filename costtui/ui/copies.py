"""What a row looks like on a clipboard: its id, its ARN, itself as TOML, the address of its page in the cloud's console."""

from typing import NamedTuple

from costtui.panes.spec import Detail, Section
from costtui.ui.subject import Subject


class Copy(NamedTuple):
    """`text` is empty where the row has no such thing, and `name` then says so."""

    name: str
    text: str = ""
    detail: Detail | None = None
    """Shows what is copied, where a line of state has no room for it."""


def copy_of(what: str, subject: Subject) -> Copy:
    if what == "toml":
        from costtui.export.formats import to_toml

        return Copy("the row as TOML", to_toml(subject.spec.document_row(subject.row)))
    if what == "link":
        return _link(subject)
    return _id(subject) if what == "id" else _arn(subject)


def _id(subject: Subject) -> Copy:
    document = subject.spec.document_row(subject.row)
    return Copy("the id", str(document.get("id") or document.get("name") or subject.spec.row_id(subject.row)))


def _arn(subject: Subject) -> Copy:
    document = subject.spec.document_row(subject.row)
    arn = next((str(document[key]) for key in ("arn", "physical_id") if str(document.get(key, "")).startswith("arn:")), "")
    return Copy("the ARN", arn) if arn else Copy("this row has no ARN")


def _link(subject: Subject) -> Copy:
    from costtui.panes.console import console_link

    link = console_link(subject.row)
    if link is None:
        return Copy(f"no console has a page of its own for {subject.spec.noun} like this one")
    note = "open it in a browser that is signed in to that account"
    return Copy("the console link", link, Detail("Console link", (("Link", link),), (Section("", (), note=note),)))
