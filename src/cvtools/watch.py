"""The preview: page and PDF in the browser, anew after every save."""

import asyncio
import json
import logging
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from watchfiles import DefaultFilter, watch

from cvtools.checks.apart import PdfProcess
from cvtools.living import Living, State

HOST = "127.0.0.1"
_STATIC = Path(__file__).with_name("preview")
#: Milliseconds in which files that are saved together are awaited.
_TOGETHER = 10
#: The widest picture of a page, in pixels.
_WIDEST = 4000


class Sources(DefaultFilter):
    """What a build reads: the project's files, but for what is made of them."""

    def __init__(self, project: Path) -> None:
        super().__init__()
        self.project = project

    def __call__(self, change: Any, path: str) -> bool:
        parts = Path(path).relative_to(self.project).parts
        return parts[0] not in {"dist", "build"} and not parts[0].startswith(".") and super().__call__(change, path)


class Preview:
    """A project in the browser.

    :param port: of this machine alone; 0 for any that is free
    :raises OSError: the port is taken
    """

    def __init__(self, project: Path, port: int = 0) -> None:
        self.project = project.resolve()
        self.state = State()
        self.ended = threading.Event()
        self.living = Living(self.project, self._saves(), self._show)
        self.socket = socket.create_server((HOST, port))
        self.living.places.dist.mkdir(parents=True, exist_ok=True)
        self.drawer = PdfProcess([self.living.places.dist])
        self.address = f"http://{HOST}:{self.socket.getsockname()[1]}/"
        config = uvicorn.Config(self._app(), log_level="warning", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)

    def run(self) -> None:
        """Build and serve until interrupted."""
        builder = threading.Thread(target=self.living.run)
        builder.start()
        try:
            self.server.run(sockets=[self.socket])
        finally:
            self.stop()
            builder.join()
            self.drawer.stop()

    def stop(self) -> None:
        """End it."""
        self.ended.set()
        self.server.should_exit = True

    def _saves(self) -> Iterator[set[Path]]:
        options: Any = {"debounce": 10 * _TOGETHER, "step": _TOGETHER, "rust_timeout": 500}
        for changes in watch(self.project, watch_filter=Sources(self.project), stop_event=self.ended, **options):
            yield {Path(path) for _, path in changes}

    def _show(self, state: State) -> None:
        self.state = state

    def _app(self) -> Starlette:
        routes = [
            Route("/_preview/", self._both),
            Route("/_preview/events", self._events),
            Route("/_preview/{name}.pdf", self._pdf),
            Route("/_preview/{name}/{page:int}", self._picture),
            Mount("/_preview", StaticFiles(directory=_STATIC)),
            Route("/{name}.pdf", self._file),
            Mount("/", _Book(self)),
        ]
        # A page from elsewhere that has its name lead here is refused.
        guard = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[guard])

    async def _both(self, request: Request) -> Response:
        return FileResponse(_STATIC / "both.html")

    async def _pdf(self, request: Request) -> Response:
        return FileResponse(_STATIC / "pdf.html")

    async def _file(self, request: Request) -> Response:
        path = self._path(request)
        return FileResponse(path) if path.exists() else Response(status_code=404)

    def _path(self, request: Request) -> Path:
        # Without the folders that a name may hold
        return self.living.places.dist / f"{Path(request.path_params['name']).name}.pdf"

    async def _events(self, request: Request) -> Response:
        """What there is to see, and again whenever it changes (server-sent events)."""

        async def events() -> AsyncIterator[str]:
            shown = None
            while not self.server.should_exit:
                if shown is not self.state:
                    shown = self.state
                    yield f"data: {json.dumps(asdict(shown))}\n\n"
                await asyncio.sleep(0.01)

        return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _picture(self, request: Request) -> Response:
        """A page of a PDF, as wide as is asked for; ``X-Pages`` says how many there are."""
        path, page = self._path(request), request.path_params["page"]
        width = min(int(request.query_params.get("width", 1000)), _WIDEST)
        if not path.exists():
            return Response(status_code=404)
        try:
            with_pages, picture = await run_in_threadpool(self._draw, path, page, width)
        except ValueError:
            # The check of the PDF says why.
            return Response(status_code=404)
        status = 200 if picture else 404
        return Response(picture, status, {"X-Pages": str(with_pages), "Cache-Control": "no-store"}, "image/bmp")

    def _draw(self, path: Path, number: int, width: int) -> tuple[int, bytes]:
        with self.living.lock:
            return self.drawer.draw(path, number, width)


class _Book(StaticFiles):
    """The book, each page with what makes it follow the source."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(directory=preview.living.places.book, html=True, check_dir=False)
        self.preview = preview

    async def get_response(self, path: str, scope: Any) -> Response:
        # Before the page is read: it may only be newer.
        book = self.preview.state.book
        try:
            response = await super().get_response(path, scope)
        except Exception:
            if book or Path(path).suffix not in {"", ".html"}:
                raise
            response = HTMLResponse("<!doctype html><title>CV</title><p>Building …</p>")
        if isinstance(response, FileResponse):
            # At once, since the next build may write it anew.
            response = Response(Path(response.path).read_bytes(), media_type=response.media_type)
        if response.media_type == "text/html":
            script = f'<script src="/_preview/follow.js" data-book="{book}"></script>'
            return HTMLResponse(bytes(response.body) + script.encode(), headers={"Cache-Control": "no-store"})
        return response


def watch_project(project: Path, port: int, *, open_browser: bool) -> None:
    """Show a project in the browser until interrupted."""
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    preview = Preview(project, port)
    print(f"The page: {preview.address}\nThe page and the PDF: {preview.address}_preview/", flush=True)
    if open_browser:
        webbrowser.open(f"{preview.address}_preview/")
    preview.run()
