"""Access tokens for Azure Resource Manager: from the environment's service principal, else from `az`. They stay in memory.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and `az account get-access-token`.
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

from costtui.domain.problems import Kind, Problem, SourceError

RESOURCE = "https://management.azure.com"
LOGIN = "https://login.microsoftonline.com"
VARIABLES = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
SPARE_SECONDS = 120
"""A token this close to its end is not used any more."""
PATIENCE_SECONDS = 30
SOURCE = "azure"


class Tokens:
    """One token, renewed before it ends. Thread-safe."""

    def __init__(self, login: str = LOGIN, clock: Callable[[], float] = time.time) -> None:
        self._login, self._clock = login, clock
        self._token, self._ends = "", 0.0
        self._lock = threading.Lock()

    def token(self) -> str:
        """Raises SourceError where no sign-in is to be had."""
        with self._lock:
            if self._ends - SPARE_SECONDS <= self._clock():
                principal = [os.environ.get(name, "") for name in VARIABLES]
                self._token, self._ends = self._of_principal(*principal) if all(principal) else self._of_az()
            return self._token

    def forget(self) -> None:
        """The next call signs in anew."""
        with self._lock:
            self._ends = 0.0

    def _of_principal(self, tenant: str, client: str, secret: str) -> tuple[str, float]:
        import httpx

        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": f"{RESOURCE}/.default"}
        try:
            answer = httpx.post(f"{self._login}/{tenant}/oauth2/v2.0/token", data=form, timeout=PATIENCE_SECONDS)
            body: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            _fail("offline", f"no answer from the sign-in ({type(error).__name__})", "check the network and HTTPS_PROXY")
        if "access_token" not in body:
            _fail("no-credentials", f"the sign-in was refused ({body.get('error', answer.status_code)})", f"check {', '.join(VARIABLES)}")
        return str(body["access_token"]), self._clock() + float(body.get("expires_in", 0))

    def _of_az(self) -> tuple[str, float]:
        command = ["az", "account", "get-access-token", "--resource", RESOURCE, "-o", "json"]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True, stdin=subprocess.DEVNULL)
            body: dict[str, Any] = json.loads(ran.stdout)
            return str(body["accessToken"]), float(body["expires_on"])
        except FileNotFoundError:
            _fail("no-credentials", "az is not installed", f"install it and run az login, or set {', '.join(VARIABLES)}")
        except (subprocess.SubprocessError, ValueError, KeyError, TypeError):
            _fail("no-credentials", "az gave no token", "run: az login")


def _fail(kind: Kind, what: str, action: str) -> NoReturn:
    raise SourceError(Problem(kind, SOURCE, what, action)) from None
