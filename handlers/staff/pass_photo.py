"""GET /staff/passes/{id}/photos/{photo}: what an applicant showed, to those who decide."""

from __future__ import annotations

from aiohttp import web

from handlers.staff import photo
from handlers.staff.visit import Visit
from hotline.passes import deciding
from storage.models import Attachment, Pass


async def show(visit: Visit) -> web.StreamResponse:
    """A photo of a pass within reach; with `?small` a JPEG for the page."""
    found = visit.request.match_info
    async with visit.house.db.read() as tx:
        pass_ = await tx.get(Pass, int(found["id"]))
        kept = await tx.get(Attachment, int(found["photo"]))
    if pass_ is None or not deciding.may_see(visit.staff, pass_) or kept is None or kept.about != f"pass:{pass_.id}":
        raise web.HTTPNotFound
    return await photo.serve(visit, kept)
