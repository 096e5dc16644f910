"""A ledger of many years, made by the database itself: tickets, five events each, words, messages, what was said."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from storage import search
from storage.database import Database
from storage.models import TicketWords
from storage.sealed import seal

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
DIVISIONS = [f"22{city:02d}{county:02d}" for city in range(1, 10) for county in (0, *range(2, 10))]
DEPARTMENTS, STAFF, CONTACTS = 200, 500, 50_000
TEXTS = 5_000
NEWEST = 8_000
"""Of at least so many each queue is filled, so that a small ledger's page holds as many rows as a large one's."""

ALARMS = 40
"""Alarms that nobody has seen yet: whoever leads a desk sees most of a day's."""

COMMON, USUAL, RARE = "高速", "封村", "榴莲"
"""Words in every second ticket, in each hundredth, and in twenty of all."""

_SAID = (
    "前面都不让下", "要求重新做核酸", "说外地报告不认", "排队三个多小时", "司机没有水喝", "车上是鲜活农产品",
    "调头绕行多走六十公里", "收费站口设了卡点", "没有看到公告", "路面结冰打滑", "养护作业占了一条车道", "有人指挥交通",
    "货主一直催", "孩子发烧要买药", "加油站也关了", "厕所上锁", "服务区不让停车", "行程码带星", "抗原当场做也不行",
    "村口堆了土", "桥头限高架挡住", "导航没有提示",
)  # fmt: skip


def texts() -> list[tuple[int, str, list[str]]]:
    """What the words of a ticket may be, apart from its number and plate."""
    dice = random.Random(20220520)
    made = []
    for number in range(TEXTS):
        parts = [*dice.sample(_SAID, 4), f"G{dice.randrange(1, 99)} K{dice.randrange(900)} 长春东收费站 往沈阳方向"]
        parts += [f"从{COMMON}下来的路口"] if number % 2 else []
        parts += [f"当地{USUAL}"] if number % 100 == 7 else []
        row: Any = search.row_of(number, "，".join(parts))
        made.append((number, row["text"], list(dict.fromkeys(row["grams"]))))
    return made


async def build(db: Database, many: int) -> None:
    """Fill an empty ledger; the indexes are made afterwards, as `pg_restore` does it."""
    async with db.engine.connect() as plain:
        tx = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await tx.execute(text("SET session_replication_role = replica"))  # rows that are right by construction
        await tx.execute(text("SET synchronous_commit = off"))
        await tx.execute(text("SET maintenance_work_mem = '1GB'"))
        later = await _without_indexes(tx)
        await tx.execute(text("CREATE TEMP TABLE said (n int PRIMARY KEY, text text, grams text[])"))
        raw: Any = (await tx.get_raw_connection()).driver_connection
        await raw.copy_records_to_table("said", records=texts())
        answers = seal({"where": {"road": "G12", "facility": "长春东收费站", "text": "G12 长春东收费站"}})
        for statement in _BUILD:
            await raw.execute(statement.replace(":many", str(many)).replace(":answers", f"'\\x{answers.hex()}'::bytea"))
        for statement in later:
            await tx.execute(text(statement))
        await tx.execute(text("VACUUM (FREEZE, ANALYZE)"))  # and so nothing is left for autovacuum to do meanwhile
        await tx.execute(text("CHECKPOINT"))
    await _is_as_kept(db)


async def _without_indexes(tx: AsyncConnection) -> list[str]:
    """Drop the indexes that no constraint needs; returns the statements that make them again."""
    found = await tx.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%UNIQUE%'"
            " AND tablename IN ('ticket', 'ticket_event', 'ticket_words', 'message', 'outbox')"
        )
    )
    later = []
    for name, definition in found.all():
        await tx.execute(text(f'DROP INDEX "{name}"'))
        later.append(definition)
    return later


async def _is_as_kept(db: Database) -> None:
    """The words made in SQL are those that the house would have kept."""
    async with db.read() as tx:
        for row in await tx.scalars(select(TicketWords).where(col(TicketWords.ticket_id).in_((3, 107)))):
            kept: Any = search.row_of(row.ticket_id, row.text)
            assert (row.text, set(row.grams)) == (kept["text"], set(kept["grams"])), row


_DIVISIONS = "(ARRAY[" + ", ".join(f"'{code}'" for code in DIVISIONS) + "])"
_AT = "timestamptz '2026-03-01 04:00+00'"

_BUILD = (
    "CREATE FUNCTION pg_temp.dice(n bigint, salt int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS"
    " $$SELECT ((hashint8extended(n, salt) & 2147483647) % sides)::int$$",
    "CREATE FUNCTION pg_temp.starts(w text) RETURNS text[] LANGUAGE sql IMMUTABLE AS"
    " $$SELECT ARRAY[left(w, 2), left(w, 3), left(w, 4), left(w, 5), left(w, 6)]$$",
    f"INSERT INTO contact (id, channel, account, address, language, created_at)"
    f" SELECT n, 'web', 'main', 'driver' || n, 'zh_CN', {_AT} FROM generate_series(1, {CONTACTS}) n",
    f"INSERT INTO department (id, code, name, division, level, outside)"
    f" SELECT n, 'd' || n, n || '处', {_DIVISIONS}[1 + n % {len(DIVISIONS)}], 'city', false"
    f" FROM generate_series(1, {DEPARTMENTS}) n",
    f"INSERT INTO staff (id, login, name, password_hash, role, division, department_id, language, must_change, epoch,"
    f" created_at) SELECT n, 's' || n, '坐席' || n, '-', 'handler', '220000', 1 + n % {DEPARTMENTS}, 'zh_CN', false, 0,"
    f" {_AT} FROM generate_series(1, {STAFF}) n",
    # Three years of tickets; what is open is mostly new; some divisions and departments have much more than others.
    f"""INSERT INTO ticket (id, number, code, division, kind, what, status, priority, source, rank, named, on_site,
        confidential, contact_id, department_id, assignee_id, master_id, answers, road, stake_m, facility, place_text,
        plate, reports, happened_at, opened_at, first_response_due_at, first_response_at, resolution_due_at, due_at,
        alarm_at, level, warned_at, breached_at, waiting_since, resolved_at, resolver_id, result, outcome, needs_review,
        proof, struck_off_at, returns, redone, changed_at)
    SELECT n, division || '-' || to_char(opened, 'YYYYMMDD') || '-1-' || lpad((n % 1000000)::text, 6, '0'), '123456',
        division, CASE WHEN pg_temp.dice(n, 1, 10) < 8 THEN 'blockage' ELSE 'consult' END,
        CASE WHEN pg_temp.dice(n, 1, 10) < 8 THEN (ARRAY['turned_back', 'toll_closed', 'congestion', 'accident',
            'road_damage', 'repeat_test', 'star_refused', 'other'])[1 + pg_temp.dice(n, 2, 8)] ELSE 'passage' END,
        status, CASE WHEN pg_temp.dice(n, 3, 10) < 7 THEN 'urgent' ELSE 'normal' END,
        (ARRAY['web', 'wechat', 'wechat', 'wechat', 'telegram', '12328', '12328', '12345'])[1 + pg_temp.dice(n, 4, 8)],
        (pg_temp.dice(n, 5, 20) > 0)::int, pg_temp.dice(n, 6, 10) = 0, pg_temp.dice(n, 5, 20) = 0,
        pg_temp.dice(n, 7, 20) = 0, 1 + pg_temp.dice(n, 8, {CONTACTS}),
        CASE WHEN status <> 'accepted' THEN department END,
        CASE WHEN status IN ('handling', 'waiting', 'resolved', 'struck_off') THEN owner END,
        CASE WHEN status = 'merged' THEN n - 1 END, :answers,
        'G' || (1 + pg_temp.dice(n, 9, 99)), pg_temp.dice(n, 10, 900000), '收费站' || pg_temp.dice(n, 11, 2000),
        'G12 长春东收费站', '吉A' || lpad((n % 100000)::text, 5, '0'), 1 + (pg_temp.dice(n, 12, 10) = 0)::int, opened,
        opened, opened + interval '30 minutes', CASE WHEN status <> 'accepted' THEN opened + interval '20 minutes' END,
        opened + interval '1 day',
        CASE WHEN runs THEN {_AT} + left_s * interval '1 second' ELSE timestamptz '9999-12-31 00:00+00' END,
        timestamptz '9999-12-31 00:00+00', CASE WHEN runs AND left_s < -14400 THEN 2 WHEN runs AND left_s < -7200 THEN 1
            ELSE 0 END, CASE WHEN runs AND left_s < 3600 THEN {_AT} END, CASE WHEN runs AND left_s <= 0 THEN {_AT} END,
        CASE WHEN status = 'waiting' THEN opened END,
        CASE WHEN status IN ('resolved', 'struck_off') THEN opened + interval '5 hours' END,
        CASE WHEN status IN ('resolved', 'struck_off') THEN owner END,
        CASE WHEN NOT is_open THEN '已开放' END,
        CASE WHEN status IN ('resolved', 'struck_off') THEN
            (ARRAY['solved', 'solved', 'solved', 'explained', 'unsolvable'])[1 + pg_temp.dice(n, 14, 5)] END,
        status = 'resolved' AND n > :many - greatest(:many * 0.05, {NEWEST}) AND n % 33 = 1,
        CASE WHEN status = 'struck_off' THEN 'photo' END,
        CASE WHEN status = 'struck_off' THEN opened + interval '2 days' END, 0, 0, opened
    FROM (
        SELECT *, status IN ('accepted', 'assigned', 'handling', 'waiting') AS is_open,
            status IN ('accepted', 'assigned', 'handling') AS runs, (pg_temp.dice(n, 13, 20000) - 4000) * 5 AS left_s,
            {_DIVISIONS}[1 + place * place / {len(DIVISIONS)}] AS division,
            1 + (dep * dep / {DEPARTMENTS})::int AS department,
            1 + pg_temp.dice(n, 15, {STAFF}) AS owner
        FROM (
            SELECT n, {_AT} - interval '1095 days' * (1 - n / (:many + 1)::float8) AS opened,
                pg_temp.dice(n, 16, {len(DIVISIONS)}) AS place, pg_temp.dice(n, 17, {DEPARTMENTS}) AS dep,
                CASE WHEN pg_temp.dice(n, 18, 10000)
                        < CASE WHEN n > :many - greatest(:many * 0.05, {NEWEST}) THEN 5600 ELSE 20 END
                    THEN (ARRAY['accepted', 'assigned', 'assigned', 'handling', 'handling', 'handling', 'waiting'])
                        [1 + pg_temp.dice(n, 19, 7)]
                    WHEN n % 33 = 32 THEN 'merged' WHEN n % 33 = 31 THEN 'declined'
                    WHEN n % 33 < 3 THEN 'resolved' ELSE 'struck_off' END AS status
            FROM generate_series(1, :many) n
        ) base
    ) one""",
    f"""INSERT INTO ticket_words (ticket_id, text, grams)
    SELECT t.id, ' ' || t.division || ' ' || day || ' 1 ' || serial || ' 吉 ' || lower(substr(plate, 2)) || said.text
            || CASE WHEN rare THEN ' 一车{RARE}' ELSE '' END,
        pg_temp.starts(t.division) || pg_temp.starts(day) || pg_temp.starts(serial)
            || pg_temp.starts(lower(substr(plate, 2))) || said.grams
            || CASE WHEN rare THEN '{{一车,车{RARE[0]},{RARE}}}'::text[] ELSE '{{}}' END
    FROM (SELECT *, substr(number, 8, 8) AS day, substr(number, 19) AS serial,
        id % (:many / 20) = 3 AS rare FROM ticket) t JOIN said ON said.n = pg_temp.dice(t.id, 20, {TEXTS})""",
    """INSERT INTO ticket_event (id, ticket_id, contact_id, kind, actor, facts, at)
    SELECT t.id * 5 + k - 5, t.id, t.contact_id, (ARRAY['opened', 'taken', 'answered', 'noted', 'resolved'])[k],
        CASE k WHEN 1 THEN 'contact:' || t.contact_id ELSE 'staff:1' END, '{}', t.opened_at + k * interval '10 minutes'
    FROM ticket t CROSS JOIN generate_series(1, 5) k ORDER BY t.id, k""",
    """INSERT INTO message (id, ticket_id, direction, contact_id, text, at)
    SELECT id, id, 'in', contact_id, '前面都不让下，要求重新做核酸', opened_at FROM ticket""",
    """INSERT INTO outbox (id, contact_id, channel, account, address, lane, about, key, facts, choices, wants, said,
        status, attempts, unknown, due_at, created_at, sent_at)
    SELECT id, contact_id, 'wechat', 'main', 'driver' || contact_id, 1, 'ticket:' || id, 'told.taken',
        '{}', '[]', '[]', '有人在办了', 'sent', 1, 0, opened_at, opened_at, opened_at FROM ticket""",
    "INSERT INTO extension (ticket_id, asked_by, asked_at, reason, until, decided_by, decided_at, granted)"
    " SELECT id, 1, opened_at, '雪', opened_at, 2, opened_at, true FROM ticket WHERE id % 20 = 0",
    "INSERT INTO callback (ticket_id, round, status, due_at, tries, satisfaction)"
    " SELECT id, 1, 'answered', opened_at, 1, 'satisfied' FROM ticket WHERE status = 'struck_off' AND id % 3 = 0",
    "INSERT INTO callback (ticket_id, round, status, due_at, tries)"
    f" SELECT id, 1, 'due', {_AT}, 0 FROM ticket"
    f" WHERE status = 'resolved' AND id > :many - greatest(:many * 0.01, {NEWEST} / 2)",
    "INSERT INTO alarm (what, about, day, division, facts, raised_at)"
    f" SELECT 'breached', 'ticket:' || id, date '2026-03-01', division, '{{}}', {_AT} FROM ticket"
    f" WHERE level = 2 ORDER BY id LIMIT {ALARMS}",
    "INSERT INTO assist (ticket_id, department_id, asked_by, asked_at)"
    f" SELECT id, 1 + pg_temp.dice(id, 21, {DEPARTMENTS}), 1, opened_at FROM ticket WHERE id % 40 = 0",
)
