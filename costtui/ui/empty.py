"""What an empty table says: one sentence, and one key that helps."""

from costtui.ui.keys import shown_key
from costtui.ui.model import Data, Model, Spec
from costtui.ui.said import period_words


def empty_words(model: Model, spec: Spec | None = None) -> list[str]:
    """One or two sentences and a key. An empty table without the reason would look like good news."""
    spec = spec or model.spec
    noun, data, view = spec.noun, model.heads.get(spec.id), model.views[spec.id]
    window = f"‹ {period_words(model.period, model.window, model.backend.now())} ›"
    if view.rows and view.expression:
        return [f"None of {view.total:,} {noun} match /{view.expression}", f"{_key(model, 'back')} clears the filter"]
    if view.rows:
        return [f"All {view.hidden_count:,} {noun} are hidden as explained", f"{_key(model, 'hidden')} shows them"]
    if data is not None and data.has_answer and not model.activity.is_fetching(spec.id, model.window):
        return _nothing(model, spec, data, window)
    return _unread(model, spec, window)


def _unread(model: Model, spec: Spec, window: str) -> list[str]:
    """There is no answer: it is on its way, or something keeps it away."""
    noun, data = spec.noun, model.heads.get(spec.id)
    if model.activity.is_fetching(spec.id, model.window):
        return [f"Reading {noun} for {window}: rows appear as they arrive", f"{_key(model, 'next-pane')} goes to the next pane meanwhile"]
    if model.activity.lost:
        return [
            f"No {noun} are stored for {window}, and the fetcher stopped: {model.activity.lost}",
            f"{_key(model, 'refresh')} starts it again",
        ]
    problems = model.problems_of(spec)
    if problems and problems[0].kind == "needs-consent":
        return [f"No {noun} are read: {problems[0].what}", f"{_key(model, 'pay')} names the price and asks"]
    if problems:
        return [f"No {noun} could be read: {problems[0].what}", f"{problems[0].action}: {_key(model, 'problems')} says more"]
    if data is not None:
        failed = next((source for source in data.sources if source.state == "failed"), None)
        reason = f": {failed.name}: {failed.detail}" if failed is not None and failed.detail else ""
        return [f"No {noun} could be read{reason}", f"{_key(model, 'refresh')} tries again"]
    reason = ", and the network is off" if model.backend.offline else ""
    return [f"Nothing is stored for {window}{reason}", f"{_key(model, 'period')} chooses another period"]


def _nothing(model: Model, spec: Spec, data: Data, window: str) -> list[str]:
    """The sources answered, or there is none: which of the two it is matters."""
    configured = [source for source in data.sources if source.makes_rows and source.state != "not-configured"]
    if configured or not data.sources:
        return [f"No {spec.noun} found in {window}", f"{_key(model, 'period')} chooses another period"]
    details = "; ".join(dict.fromkeys(source.detail for source in data.sources if source.detail))
    return [
        f"{spec.title} is not configured" + (f": {details}" if details else ""),
        f"{_key(model, 'next-pane')} goes to the next pane",
    ]


def _key(model: Model, binding_id: str) -> str:
    return shown_key(binding_id, model.keys)
