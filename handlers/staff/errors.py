"""What went wrong, told in words: a page for every status, and an id that the log knows for every fault of ours."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from handlers.staff.guard import VISIT
from handlers.staff.visit import Console, Visit
from locales.words import Refusal, has
from storage.database import is_passing

log = structlog.get_logger()

RETRY_AFTER_SECONDS = 5


def errors(console: Console) -> Any:
    """The middleware around everything else."""

    @web.middleware
    async def tell(request: web.Request, handler: Handle) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = _page(console, request, error.status)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except Refusal as no:
            response = _page(console, request, 400, no=no)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the clerk gets a page and the log the rest
            response = _fault(console, request, error)
        return response

    return tell


def _fault(console: Console, request: web.Request, error: Exception) -> web.Response:
    if is_passing(error):
        log.warning("console waits for the database", error=type(error).__name__)
        response = _page(console, request, 503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    fault = secrets.token_hex(4)
    log.error("console page crashed", fault=fault, method=request.method, path=request.path, exc_info=error)
    return _page(console, request, 500, fault=fault)


def _page(
    console: Console, request: web.Request, status: int, *, fault: str = "", no: Refusal | None = None
) -> web.Response:
    visit = request.get(VISIT) or Visit(
        console, request, console.sessions.begin(None, console.house.now()), None, console.house.now()
    )
    what = f"console.error.{status}"
    return visit.bare_page(
        "error.html",
        status=status,
        what=what if has(visit.language, what) else "console.error.other",
        no=no.say if no else None,
        fault=fault,
        kept=visit.form.get("words", ""),
    )
