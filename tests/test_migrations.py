"""The migrations lead to the tables that the models describe, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, func, inspect, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel, col

from storage.database import Database
from storage.migrations import config, migrate
from storage.models import FULL_TEXT, NEVER, Ticket, TicketEvent
from tests.conftest import NOON


async def test_migrations_and_models_agree(db: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_described})
        return list(compare_metadata(context, SQLModel.metadata))

    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def is_described(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a model describes it: FTS5 keeps tables of its own."""
    return kind != "table" or not str(name).startswith(FULL_TEXT)


async def test_every_check_of_the_models_is_in_the_database(db: Database) -> None:
    async with db.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            names = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            found = await connection.run_sync(
                lambda c, t=table.name: {x["name"] for x in inspect(c).get_check_constraints(t)}
            )
            assert found == names, table.name


async def test_a_ledger_of_the_first_release_is_carried_over(database_url: str, tmp_path: Path) -> None:
    """A resolved and an open ticket of revision 0001, with an event each, on the way to the newest revision."""
    db = await _emptied(database_url, tmp_path)
    try:
        async with db.engine.begin() as connection:
            await connection.run_sync(lambda c: command.upgrade(config(c), "0001"))
            for statement in OLD.strip().split(";\n"):
                await connection.execute(text(statement))
        await migrate(db.engine)
        kept = (Ticket.status, Ticket.outcome, Ticket.resolver_id, Ticket.due_at, Ticket.rank)
        async with db.read() as tx:
            found = (await tx.execute(select(*map(col, kept)).order_by(col(Ticket.id)))).all()
            events = await tx.scalar(select(func.count()).select_from(TicketEvent))
        assert found == [("resolved", "solved", 1, NEVER, 1), ("accepted", None, None, NOON, 1)]
        assert events == 2
    finally:
        await db.close()


async def _emptied(database_url: str, tmp_path: Path) -> Database:
    """A database of the same kind in which nothing is yet."""
    if database_url.startswith("sqlite"):
        return Database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    admin = create_async_engine(database_url, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text("DROP DATABASE IF EXISTS changxing_old WITH (FORCE)"))
        await connection.execute(text("CREATE DATABASE changxing_old"))
    await admin.dispose()
    return Database(make_url(database_url).set(database="changxing_old").render_as_string(hide_password=False))


_T = "'2026-03-01 04:00:00'"
OLD = f"""
INSERT INTO contact (id, channel, account, address, language, created_at)
 VALUES (1, 'web', 'main', 'a', 'zh_CN', {_T});
INSERT INTO staff (id, login, name, password_hash, role, division, language, must_change, epoch, created_at)
 VALUES (1, 'li', '李', '-', 'clerk', '220100', 'zh_CN', false, 0, {_T});
INSERT INTO ticket (id, number, code, division, kind, what, status, priority, source, contact_id, assignee_id, answers,
 reports, happened_at, opened_at, first_response_due_at, resolution_due_at, resolved_at, result, changed_at)
 VALUES (1, '220100-20260301-1-000017', '100001', '220100', 'blockage', 'toll_closed', 'resolved', 'urgent', 'web',
 1, 1, '', 1, {_T}, {_T}, {_T}, {_T}, {_T}, '已开放', {_T});
INSERT INTO ticket (id, number, code, division, kind, what, status, priority, source, contact_id, assignee_id, answers,
 reports, happened_at, opened_at, first_response_due_at, resolution_due_at, changed_at)
 VALUES (2, '220100-20260301-1-000025', '100002', '220100', 'blockage', 'toll_closed', 'accepted', 'urgent', 'web',
 1, NULL, '', 1, {_T}, {_T}, {_T}, {_T}, {_T});
INSERT INTO ticket_event (ticket_id, contact_id, kind, actor, facts, at)
 VALUES (1, 1, 'opened', 'contact:1', '{{}}', {_T}), (2, 1, 'opened', 'contact:1', '{{}}', {_T})
"""
