"""Which labels a Prometheus knows: `/api/v1/labels`, one small question."""

from costtui.domain.problems import Problem, SourceError

PATIENCE = 2.0
"""Seconds: it is only looked for."""


def labels(url: str) -> list[str]:
    """Raises SourceError when nothing that is a Prometheus answers."""
    import httpx

    try:
        found = httpx.get(f"{url.rstrip('/')}/api/v1/labels", timeout=PATIENCE).json()
        return [str(name) for name in found["data"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise SourceError(Problem("offline", "prometheus", f"no answer ({type(error).__name__})", "set its url", url)) from None
