"""What an empty table says: one sentence, and one key that helps."""

from costtui.ui.chrome import period_words
from costtui.ui.keys import shown_key
from costtui.ui.model import Model


def empty_words(model: Model) -> list[str]:
    """One or two sentences and a key. An empty table without the reason would look like good news."""
    noun, data, view = model.spec.noun, model.data, model.view
    window = f"‹ {period_words(model.period, model.window, model.backend.now())} ›"
    if view.rows and view.expression:
        return [f"None of {view.total:,} {noun} match /{view.expression}", f"{_key(model, 'back')} clears the filter"]
    if view.rows:
        return [f"All {view.hidden_count:,} {noun} are hidden as explained", f"{_key(model, 'hidden')} shows them"]
    if data is not None and data.has_answer and not model.is_fetching:
        return _nothing(model, window)
    return _unread(model, noun, window)


def _unread(model: Model, noun: str, window: str) -> list[str]:
    """There is no answer: it is on its way, or something keeps it away."""
    if model.is_fetching:
        return [f"Reading {noun} for {window}: rows appear as they arrive", f"{_key(model, 'next-pane')} goes to the next pane meanwhile"]
    if model.activity.lost:
        return [
            f"No {noun} are stored for {window}, and the fetcher stopped: {model.activity.lost}",
            f"{_key(model, 'refresh')} starts it again",
        ]
    problems = model.problems_of(model.spec)
    if problems:
        return [f"No {noun} could be read: {problems[0].what}", f"{problems[0].action}: {_key(model, 'problems')} says more"]
    if model.data is not None:
        failed = next((source for source in model.data.sources if source.state == "failed"), None)
        reason = f": {failed.name}: {failed.detail}" if failed is not None and failed.detail else ""
        return [f"No {noun} could be read{reason}", f"{_key(model, 'refresh')} tries again"]
    reason = ", and the network is off" if model.backend.offline else ""
    return [f"Nothing is stored for {window}{reason}", f"{_key(model, 'period')} chooses another period"]


def _nothing(model: Model, window: str) -> list[str]:
    """The sources answered, or there is none: which of the two it is matters."""
    assert model.data is not None
    configured = [source for source in model.data.sources if source.makes_rows and source.state != "not-configured"]
    if configured or not model.data.sources:
        return [f"No {model.spec.noun} found in {window}", f"{_key(model, 'period')} chooses another period"]
    details = "; ".join(dict.fromkeys(source.detail for source in model.data.sources if source.detail))
    return [
        f"{model.spec.title} is not configured" + (f": {details}" if details else ""),
        f"{_key(model, 'next-pane')} goes to the next pane",
    ]


def _key(model: Model, binding_id: str) -> str:
    return shown_key(binding_id, model.keys)
