"""A scripted stand-in for the model service: the Responses API on loopback, as far as Codex uses it.

A test lists the turns the model shall take; the server plays one per request and keeps every request body, so
that the test can look at what the model would have read.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from e2e.turns import Json, Request, Turn, answer, events, message_text

_TITLE_REQUEST = "single-line task title"


@dataclass
class MockResponses:
    """The server: a script of turns and a record of requests; use it as a context manager.

    When the script is used up, it answers "Done.". The request for a thread title, which the terminal
    interface makes in the background, is answered outside the script and kept in `title_requests`.
    """

    script: list[Turn] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    title_requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrival = threading.Condition()
        self._closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def base_url(self) -> str:
        """The `base_url` for the provider in Codex' configuration."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, body: Json) -> tuple[Request, Turn]:
        """Record a request and return the turn that answers it."""
        request = Request(body)
        with self._arrival:
            if request.items and _TITLE_REQUEST in message_text(request.items[-1]):
                self.title_requests.append(request)
                return request, answer("A title")
            self.requests.append(request)
            self._arrival.notify_all()
            conversation = json.dumps(request.items, ensure_ascii=False)
            for place, turn in enumerate(self.script):
                if turn.only_if in conversation:
                    return request, self.script.pop(place)
        return request, answer()

    def wait_for_requests(self, count: int, *, deadline: float = 30.0) -> None:
        """Return when `count` requests have come in; fail after `deadline` seconds."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self.requests) >= count, deadline):
                raise AssertionError(f"{len(self.requests)} requests instead of {count}")

    def wait_for_close(self) -> None:
        """Return when the server is being closed; keeps a silent stream open until then."""
        self._closing.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: MockResponses) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if self.path.split("?")[0].endswith("/models"):
            self._send_json(200, {"models": [], "data": [], "object": "list"})
        else:
            self._send_json(404, {"error": {"message": "not here"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))))
        if not self.path.endswith("/responses"):
            self._send_json(404, {"error": {"message": "not here"}})
            return
        request, turn = self.server.service.take(body)
        if turn.kind == "http_error":
            self._send_json(500, {"error": {"message": turn.text}})
            return
        self._start_stream()
        if turn.kind == "silent":
            self.server.service.wait_for_close()
            return
        for event in events(request, turn, len(self.server.service.requests)):
            text = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            self.wfile.write(text.encode())

    def _start_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def _send_json(self, status: int, document: Json) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Stay quiet; the record of requests is the log."""
