"""The demo cloud's handlers behind an HTTP server on 127.0.0.1, for what the in-process hook leaves out: signing, retries,
timeouts, and the wire formats (json, rest-json, query, ec2), read and written by moto.core."""

import contextlib
import re
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import botocore.session
from moto.core.model import ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestDict
from moto.core.serialize import get_serializer_class
from werkzeug.datastructures import Headers, MultiDict

from costtui.sources.demo import World
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.answers.table import HANDLERS, answer
from costtui.sources.demo.faults import CloudError, Unreachable, Unreadable
from costtui.sources.demo.hook import check


class HttpCloud:
    """One account of a world, served at `url`. `calls` lists service and operation of every request that arrived, retries included."""

    def __init__(self, world: World, account: str) -> None:
        self.world, self.account = world, account
        self.calls: list[tuple[str, str]] = []
        loader = botocore.session.get_session().get_component("data_loader")
        services = sorted({service for service, _ in HANDLERS})
        self.models = {name: ServiceModel(loader.load_service_model(name, "service-2"), name) for name in services}
        self.names = {model.signing_name: name for name, model in self.models.items()}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def respond(self, request: "_Request") -> tuple[int, dict[str, str], bytes]:
        signed = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", request.headers.get("Authorization", ""))
        if signed is None or signed[2] not in self.names:
            return 403, {}, b"not signed for a service that is known here"
        service = self.names[signed[2]]
        model = self.models[service]
        operation, in_path, protocol = _route(model, request)
        operation_model = model.operation_model(operation)
        serializer = get_serializer_class(service, protocol)(operation_model)
        self.calls.append((service, operation))
        try:
            params = PROTOCOL_PARSERS[protocol](operation_model).parse(request.for_parser(in_path))
            body = answer(self.world, service, operation, Call(self.account, signed[1], params))
            check(operation_model, body)
            result, extra = serializer.serialize(body), {}
        except CloudError as error:
            result, extra = serializer.serialize(error), error.headers
            result["status_code"] = error.status
        except Unreadable as error:
            return 200, {"Content-Type": "text/html"}, str(error).encode()
        text = result["body"]
        return result["status_code"], {**result["headers"], **extra}, text.encode() if isinstance(text, str) else text


class _Request:
    def __init__(self, method: str, target: str, headers: Any, body: bytes) -> None:
        url = urlsplit(target)
        self.method, self.path, self.headers, self.body = method, url.path, headers, body
        self.query = parse_qsl(url.query, True)
        is_form = "x-www-form-urlencoded" in headers.get("Content-Type", "")
        self.form = parse_qsl(body.decode(), True) if is_form else []

    def for_parser(self, in_path: dict[str, str]) -> RequestDict:
        return {
            "body": self.body,
            "headers": Headers(list(self.headers.items())),
            "method": self.method,
            "url_params": in_path,
            "url_path": self.path,
            "values": MultiDict(self.form or self.query),
        }


def _route(model: ServiceModel, request: _Request) -> tuple[str, dict[str, str], str]:
    """The operation that is asked for, what its path holds, and the protocol that it is asked in."""
    if target := request.headers.get("X-Amz-Target"):
        return target.rsplit(".", 1)[1], {}, "json"
    if action := dict(request.form).get("Action"):
        return action, {}, "ec2" if model.protocol == "ec2" else "query"
    for name in sorted(model.operation_names, key=lambda name: "?" not in model.operation_model(name).http["requestUri"]):
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        template = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", path).rstrip("/") + "/?"
        asked = http["method"] == request.method and set(parse_qsl(query, True)) <= set(request.query)
        if asked and (found := re.fullmatch(template, request.path)):
            return name, {key: unquote(value) for key, value in found.groupdict().items()}, model.protocol
    raise AssertionError(f"no operation of {model.service_name} has {request.method} {request.path}")


def _handler(cloud: HttpCloud) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, headers, data = cloud.respond(_Request(self.command, self.path, self.headers, body))
            except Unreachable:
                self.close_connection = True
                return
            with contextlib.suppress(ConnectionError):  # the client's timeout may have ended the connection
                self.send_response(status)
                for name, value in {**headers, "x-amzn-RequestId": "demo", "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
                self.wfile.flush()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

        def finish(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().finish()

    return Handler


@contextlib.contextmanager
def served(world: World, account: str = "111122223333") -> Iterator[HttpCloud]:
    """Serve until the block ends."""
    cloud = HttpCloud(world, account)
    thread = threading.Thread(target=cloud.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*does not match an error shape")  # throttling is in no service model
            yield cloud
    finally:
        cloud.server.shutdown()
        cloud.server.server_close()
        thread.join()
