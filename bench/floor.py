"""The floor: a bare aiohttp route that runs four plain statements in one transaction through SQLAlchemy Core.

It reads the update and keeps it, finds and locks the conversation, writes it back, and queues an answer, in the tables
that the house itself uses. It knows no form, seals nothing, and answers always the same.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import BigInteger, DateTime, LargeBinary, column, insert, select, table, update

from storage.database import Database
from storage.models import Json

ACCOUNT = "floor"
_moment = DateTime(timezone=True)
_inbox = table(
    "inbox",
    *map(column, ("channel", "account", "address", "external_id", "kind", "status")),
    column("raw", LargeBinary),
    column("received_at", _moment),
)
_contact = table("contact", column("id", BigInteger), *map(column, ("channel", "account", "address", "language")))
_conversation = table(
    "conversation",
    column("contact_id", BigInteger),
    column("form"),
    column("answers", LargeBinary),
    column("stage"),
    column("turned_at", _moment),
)
_outbox = table(
    "outbox",
    column("contact_id", BigInteger),
    *map(column, ("channel", "account", "address", "lane", "key", "status", "attempts", "unknown")),
    *(column(name, Json) for name in ("facts", "choices", "wants")),
    column("due_at", _moment),
    column("created_at", _moment),
)
_OWED = {
    "lane": 0,
    "key": "dialogue.step",
    "facts": {"words": {"say": "blockage.where.ask", "facts": {}}, "step": 2, "steps": 3},
    "choices": [{"id": f"/{name}", "say": {"say": f"command.{name}", "facts": {}}} for name in ("back", "cancel")],
    "wants": ["position"],
    "status": "queued",
    "attempts": 0,
    "unknown": 0,
}


def application(db: Database) -> web.Application:
    """The route, on the address that the house uses too."""
    accept = insert(_inbox)
    lock = (
        select(_contact.c.id, _contact.c.language, _conversation.c.form, _conversation.c.answers, _conversation.c.stage)
        .join(_conversation, _conversation.c.contact_id == _contact.c.id)
        .with_for_update(of=_conversation)
    )
    answer, owe = update(_conversation), insert(_outbox)

    async def turn(request: web.Request) -> web.Response:
        body = await request.read()
        read, now = json.loads(body), datetime.now(UTC)
        where = {"channel": "telegram", "account": ACCOUNT, "address": str(read["message"]["chat"]["id"])}
        message = {"external_id": str(read["update_id"]), "kind": "message", "status": "done", "raw": body}
        async with db.engine.begin() as tx:
            await tx.execute(accept.values(**where, **message, received_at=now))
            found = await tx.execute(lock.where(*(_contact.c[name] == value for name, value in where.items())))
            contact = found.one().id
            stands = {"form": "blockage", "answers": body[:300], "stage": "", "turned_at": now}
            await tx.execute(answer.where(_conversation.c.contact_id == contact).values(**stands))
            await tx.execute(owe.values(**where, **_OWED, contact_id=contact, due_at=now, created_at=now))
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/telegram/main", turn)])
    return app


if __name__ == "__main__":
    serving = application(Database(os.environ["DATABASE_URL"]))
    web.run_app(serving, host=os.environ["HOST"], port=int(os.environ["PORT"]), access_log=None, print=lambda *_: None)
