"""Serve the preview: pages and PDFs in the browser, updated after every save."""

import asyncio
import contextlib
import json
import logging
import os
import re
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from watchfiles import DefaultFilter, watch

from cvtools import limits
from cvtools.build.tex_pool import FORMS
from cvtools.checks.pdf_process import PdfProcess
from cvtools.errors import ProjectError
from cvtools.files import locked
from cvtools.preview.builder import PreviewBuilder, folder_of
from cvtools.project import UNREAD, walk
from cvtools.terminal import say

HOST = "127.0.0.1"
_STATIC = Path(__file__).with_name("static")


class Sources(DefaultFilter):
    """Filter for the files that a build reads: ``docs/``, ``conf.py``, and files and folders that ``conf.py`` names.

    As code, ``conf.py`` may read any file, but its text nearly always contains the name of that file or folder. Any
    other file may be one that a build itself changes, such as a log of the preview's own messages.
    """

    ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, "^#.*#$", "^[0-9]+$", r"\.(bak|orig|part|tmp)$")

    def __init__(self, project: Path) -> None:
        super().__init__()
        self.project = project

    def __call__(self, change: Any, path: str) -> bool:
        relative = Path(path).relative_to(self.project)
        if not relative.parts or any(part.startswith(".") for part in relative.parts):
            return False
        top = relative.parts[0]
        is_read = top in {"docs", "conf.py"} or (top not in UNREAD and self._is_named(Path(top).stem))
        return is_read and super().__call__(change, str(relative))

    def _is_named(self, name: str) -> bool:
        conf = self.project / "conf.py"
        text = conf.read_text("utf-8", errors="replace") if conf.is_file() else ""
        return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


class Preview:
    """The preview of a project: a web server, and a builder that follows every save.

    :param port: a port of this machine; 0 for any free one
    :param edition: the name of the edition to show; the first if empty
    :raises OSError: the port is taken
    """

    def __init__(self, project: Path, port: int = 0, edition: str = "") -> None:
        self.project = project.resolve()
        self.ended = threading.Event()
        self.builder = PreviewBuilder(self.project, self._saves(), edition)
        self.socket = socket.create_server((HOST, port))
        self.builder.paths.dist.mkdir(parents=True, exist_ok=True)
        self.renderer = PdfProcess([self.builder.paths.dist])
        self.address = f"http://{HOST}:{self.socket.getsockname()[1]}/"
        app = BaseHTTPMiddleware(self._app(), _guard)
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1))

    def run(self) -> None:
        """Build in the calling thread, and serve in another, until interrupted.

        The watchdog limits the time of a page only if the calling thread is the main thread.
        """
        server = threading.Thread(target=self._serve)
        server.start()
        try:
            self.builder.run()
        finally:
            self.stop()
            server.join()
            self.renderer.stop()

    def _serve(self) -> None:
        try:
            self.server.run(sockets=[self.socket])
        finally:
            self.ended.set()

    def stop(self) -> None:
        self.ended.set()
        self.server.should_exit = True

    def _saves(self) -> Iterator[set[Path]]:
        # After 3 ms without another change, a build starts; an editor takes less between parts of a save.
        options: Any = {"debounce": 30, "step": 3, "rust_timeout": 500}
        options |= {"watch_filter": Sources(self.project), "stop_event": self.ended, "recursive": False}
        while not self.ended.is_set():
            folders = self._folders()
            # A folder may be removed before it is watched.
            with contextlib.suppress(FileNotFoundError):
                # Watch each folder by itself: a recursive watcher follows links, even out of the project.
                for changes in watch(*folders, **options):
                    yield {Path(path) for _, path in changes}
                    if self._folders() != folders:
                        break

    def _folders(self) -> set[Path]:
        return {folder for folder, _ in walk(self.project, UNREAD)}

    def _app(self) -> Starlette:
        routes = [
            Route("/_preview/events", self._events),
            Route("/_preview/{name}.pdf", self._viewer),
            Route("/_preview/{name}/{page}", self._picture),
            Mount("/_preview", StaticFiles(directory=_STATIC, html=True)),
            Route("/{name}.pdf", self._file),
            Mount("/", _Website(self)),
        ]
        # Refuse other host names, which an attacker may have resolve to this machine (DNS rebinding).
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[hosts])

    async def _viewer(self, request: Request) -> Response:
        self._pdf(request, must_exist=False)
        return FileResponse(_STATIC / "pdf.html")

    async def _file(self, request: Request) -> Response:
        return FileResponse(self._pdf(request))

    def _pdf(self, request: Request, *, must_exist: bool = True) -> Path:
        name = request.path_params["name"]
        if name not in FORMS:
            raise HTTPException(404, f"There is no such PDF: the PDFs are {' and '.join(FORMS)}.")
        path = self.builder.paths.dist / f"{name}.pdf"
        if must_exist and not path.exists():
            raise HTTPException(404, f"{path.name} is not made yet.")
        return path

    async def _events(self, request: Request) -> Response:
        """Send the state of the preview, now and after every change, as server-sent events."""

        async def events() -> AsyncIterator[str]:
            sent = None
            while not self.server.should_exit:
                if sent is not self.builder.state:
                    sent = self.builder.state
                    yield f"data: {json.dumps(asdict(sent))}\n\n"
                await asyncio.sleep(0.003)

        return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _picture(self, request: Request) -> Response:
        """Return a page of a PDF as a picture of the requested width; ``X-Pages`` is the number of pages."""
        path = self._pdf(request)
        page = _number("page", request.path_params["page"], 10_000)
        width = _number("width", request.query_params.get("width", "1000"), limits.PICTURE_WIDTH)
        try:
            pages, picture = await run_in_threadpool(self._draw, path, page, width)
        except ValueError as error:
            raise HTTPException(404, f"{path.name} cannot be drawn: {error}") from None
        headers = {"X-Pages": str(pages), "Cache-Control": "no-store"}
        if not picture:
            raise HTTPException(404, f"The PDF has {pages} pages.", headers)
        return Response(picture, headers=headers, media_type="image/bmp")

    def _draw(self, path: Path, number: int, width: int) -> tuple[int, bytes]:
        with self.builder.lock:
            return self.renderer.draw(path, number, width)


def _number(name: str, text: str, maximum: int) -> int:
    if not re.fullmatch("[0-9]{1,6}", text) or not 0 < int(text) <= maximum:
        raise HTTPException(400, f"{name} must be a number from 1 to {maximum}.")
    return int(text)


#: Headers that forbid other sites to use a response, since browsers let pages load scripts and pictures from any site.
_SAME_ORIGIN = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


async def _guard(request: Request, respond: RequestResponseEndpoint) -> Response:
    """Refuse requests by other sites' pages, and forbid these pages to use any response."""
    headers = request.headers
    own = f"http://{headers.get('host')}"
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"} or headers.get("origin", own) != own:
        response: Response = PlainTextResponse("The preview answers its own pages alone: type its address.", 403)
    elif "\0" in request.scope["path"]:
        response = PlainTextResponse("No address has a null character.", 400)
    else:
        response = await respond(request)
    response.headers.update(_SAME_ORIGIN)
    return response


class _Website(StaticFiles):
    """Server of the website's files, which adds to each page a script that reloads it after a build."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(directory=preview.builder.paths.html, html=True, check_dir=False)
        self.preview = preview

    async def get_response(self, path: str, scope: Any) -> Response:
        # Read the time before the page, so that the page is never older.
        website = self.preview.builder.state.website
        try:
            response = await super().get_response(path, scope)
            if isinstance(response, FileResponse):
                # The next build may overwrite the file while it is being sent.
                content = Path(response.path).read_bytes()
                response = Response(content, response.status_code, media_type=response.media_type)
        except Exception as error:
            if getattr(error, "status_code", 404) != 404:
                raise
            if website or Path(path).suffix not in {"", ".html"}:
                raise HTTPException(404, "There is no such page.") from None
            response = HTMLResponse("<!doctype html><title>CV</title><p>Building …</p>")
        if response.media_type == "text/html":
            script = f'<script src="/_preview/follow.js" data-website="{website}"></script>'
            page = bytes(response.body) + script.encode()
            return HTMLResponse(page, response.status_code, headers={"Cache-Control": "no-store"})
        return response


def watch_project(project: Path, port: int, edition: str, *, open_browser: bool) -> None:
    """Serve the preview of a project until interrupted.

    :raises ProjectError: the port cannot be used
    """
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    if not 0 <= port <= 65_535:
        raise ProjectError(f"port {port}: a port is a number from 0 to 65535")
    with locked(folder_of(project, edition), f"another preview of {project}"):
        try:
            preview = Preview(project, port, edition)
        except OSError as error:
            if error.filename:
                raise
            reason = os.strerror(error.errno or 0)
            raise ProjectError(f"port {port}: {reason}: choose another with --port, 0 for any that is free") from None
        say(f"The page: {preview.address}", f"The page and the PDF: {preview.address}_preview/", file=sys.stdout)
        if open_browser:
            webbrowser.open(f"{preview.address}_preview/")
        preview.run()
