"""What a question would cost, told without asking it: each source names its price over what is stored of the others."""

from collections.abc import Sequence

from costtui.domain.datasets import Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.answers import Answer
from costtui.fetcher.bring import Bringer, Errand
from costtui.fetcher.chains import Chain, chains
from costtui.service.messages import Estimated, Want
from costtui.sources.port import Overview, Source


def estimated(want: Want, window: Window, sources: Sequence[Source], asking: Bringer, stored: Bringer) -> Estimated:
    """The prices of all `sources` of a pane that have one. `asking` would bring them, `stored` brings only what is there."""
    answer = Estimated(want, [], [])
    asks = {ask.dataset: ask.subjects for ask in want.asks}

    def errand(source: Source, scope: Scope, inputs: dict[str, Answer]) -> Errand:
        refresh = want.refresh and (want.paid or not source.paid)
        return Errand(source, scope, window, refresh, inputs, lambda *_: None, lambda _: None, asks.get(source.dataset, ()))

    def follow(chain: Chain) -> None:
        before: dict[str, Answer] = {}
        for source, scope in chain:
            question = errand(source, scope, {name: before[name] for name in source.after if name in before})
            before[source.dataset] = stored.bring(question)
            if want.asks and source.dataset not in asks:
                continue
            try:
                price = asking.price(question)
            except SourceError as error:
                answer.problems.append(error.problem)
            else:
                answer.prices.extend([price] if price is not None and (price.calls or price.seconds) else [])

    def nowhere(_source: Source, _problem: Problem | None) -> None:
        """What cannot be asked costs nothing."""

    priced = [source for source in sources if not isinstance(source, Overview) or source.dataset in asks]
    for chain in chains(priced, nowhere):
        follow(chain)
    return answer
