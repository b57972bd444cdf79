"""A small server for one teacher on one machine: it listens on 127.0.0.1, and answers who holds its token."""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from autograde.classroom import pages
from autograde.classroom.marking.board import Board, said
from autograde.classroom.record import CannotRecord
from autograde.classroom.room import CannotDo

COOKIE = "autograde-mark"


class Marking:
    """The server, ready to answer when tornado's loop runs.

    Attributes
    ----------
    url : where it is opened; with its token.
    """

    def __init__(self, board: Board, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        about = {"board": board, "token": self.token}
        application = Application(
            [
                (r"/", _Index, about),
                (r"/question/(\w+)", _Question, about),
                (r"/question/(\w+)/(\d+)", _Mark, about),
                (r"/mark\.js", _Script, about),
            ],
            default_handler_class=_Nothing,
            default_handler_args=about,
            log_function=lambda handler: None,
        )
        sockets = bind_sockets(port, "127.0.0.1")
        self._server = HTTPServer(application, max_body_size=100_000)
        self._server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/?token={self.token}"

    def stop(self) -> None:
        """Listen no longer."""
        self._server.stop()


class _Handler(RequestHandler):
    board: Board

    def initialize(self, board: Board, token: str) -> None:
        self.board, self._token = board, token

    def prepare(self) -> None:
        """Let nobody in who comes by another name of this machine, or without the token."""
        given = self.get_query_argument("token", "") or self.get_cookie(COOKIE, "") or ""
        here = self.request.host_name in ("127.0.0.1", "localhost")
        if not here or not hmac.compare_digest(given.encode(), self._token.encode()):
            self._say(
                403,
                "Open the address that `autograde mark` printed when it began: it holds a key that this page needs.",
            )
        elif self.get_query_argument("token", ""):
            self.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", path="/")
            self.redirect(self.request.path)

    def set_default_headers(self) -> None:
        """Nobody else reads, frames or keeps these pages."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def _say(self, status: int, text: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)

    def write_error(self, status_code: int, **about: Any) -> None:
        """Say what was wrong; nothing is lost, since what was saved is in the gradebook."""
        error = about.get("exc_info", (None, None))[1]
        known = isinstance(error, CannotDo | CannotRecord)
        self._say(status_code, str(error) if known else f"This did not work ({status_code}): {self._reason}.")

    def log_exception(self, *error: Any) -> None:
        """Keep what a teacher is told in the page out of the terminal."""
        if not isinstance(error[1], CannotDo | CannotRecord):
            super().log_exception(*error)


class _Nothing(_Handler):
    def get(self) -> None:
        self._say(404, "There is nothing here.")


class _Script(_Handler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(pages.source("mark.js"))


class _Index(_Handler):
    def get(self) -> None:
        self.finish(pages.page("mark.html", unit=self.board.desk.unit.name, lines=self.board.lines()))


class _Question(_Handler):
    def get(self, name: str) -> None:
        lines = self.board.lines()
        line = next((found for found in lines if found.question.name == name), None)
        if line is None:
            self._say(404, f"There is no exercise {name!r} in this unit.")
            return
        everyone = self.board.cards(name)
        only = self.get_query_argument("show", "") == "open"
        further = [f for f in [*lines[lines.index(line) + 1 :], *lines[: lines.index(line)]] if f.open]
        page = pages.page(
            "mark_question.html",
            unit=self.board.desk.unit.name,
            line=line,
            question=line.question,
            cards=[c for c in everyone if c.mark.open or not only],
            everyone=len(everyone),
            only=only,
            names=self.get_query_argument("names", "") == "1",
            further=further[0] if further else None,
            said=said,
            steps=[n / 2 for n in range(2 * line.question.possible + 1)],
        )
        self.finish(page)


class _Mark(_Handler):
    def post(self, name: str, number: str) -> None:
        """Save a mark. The header is one that no other site's page can send."""
        if self.request.headers.get("X-Autograde") != "mark":
            self._say(403, "Only the marking page itself can save marks.")
            return
        try:
            sent = json.loads(self.request.body)
            wanted = [sent[k] for k in ("points", "comment", "digest")]
        except (ValueError, KeyError, TypeError):
            wanted = [None]
        if not all(isinstance(text, str) for text in wanted):
            self._say(400, "What was sent is not a mark.")
            return
        try:
            self.finish(self.board.save(name, int(number), *wanted))
        except CannotDo as error:
            self._say(409, str(error))
        except CannotRecord as error:
            self._say(503, str(error))
