"""Reading and keeping the organisation directory: what its pages, its sheets and its verbs need beside routing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from storage.database import insert_into
from storage.models import OPEN, Department, Duty, Post, Responsible, Section, Staff, Ticket


async def keep(tx: AsyncSession, row: SQLModel) -> None:
    """Write a new or changed row now, so that what may not be is refused here."""
    tx.add(row)
    await tx.flush()


async def drop(tx: AsyncSession, row: SQLModel) -> None:
    """Take a row out."""
    await tx.delete(row)
    await tx.flush()


async def department(tx: AsyncSession, department_id: int, *, lock: bool = False) -> Department | None:
    """The department with this id; locked when it is about to be changed."""
    return await tx.get(Department, department_id, with_for_update=lock or None)


async def by_code(tx: AsyncSession, code: str) -> Department | None:
    """The department with this code."""
    return (await tx.scalars(select(Department).where(col(Department.code) == code))).first()


async def of_ids(tx: AsyncSession, ids: Iterable[int]) -> dict[int, Department]:
    """These departments, by id."""
    rows = await tx.scalars(select(Department).where(col(Department.id).in_(list(ids))))
    return {one.id or 0: one for one in rows}


async def departments(
    tx: AsyncSession,
    *,
    outside: bool | None = None,
    words: str = "",
    bounds: tuple[str, str] | None = None,
    after: tuple[str, int] | None = None,
    at_work: bool = False,
    limit: int = 1000,
) -> list[Department]:
    """Departments by division, province before city before county; `after` is where the last page ended."""
    wanted = select(Department).order_by(col(Department.division), col(Department.id)).limit(limit)
    if outside is not None:
        wanted = wanted.where(col(Department.outside).is_(outside))
    if words:
        wanted = wanted.where(or_(col(Department.name).contains(words, autoescape=True), col(Department.code) == words))
    if bounds is not None:
        wanted = wanted.where(col(Department.division).between(*bounds))
    if at_work:
        wanted = wanted.where(col(Department.disabled_at).is_(None))
    if after is not None:
        division, last = after
        wanted = wanted.where(
            or_(
                col(Department.division) > division,
                and_(col(Department.division) == division, col(Department.id) > last),
            )
        )
    return list((await tx.scalars(wanted)).all())


async def open_tickets(
    tx: AsyncSession, most: int, *, department_id: int | None = None, assignee_id: int | None = None
) -> int:
    """How many open tickets a department or somebody still has; counted up to `most`."""
    rows = select(col(Ticket.id)).where(col(Ticket.status).in_(OPEN)).limit(most)
    if department_id is not None:
        rows = rows.where(col(Ticket.department_id) == department_id)
    if assignee_id is not None:
        rows = rows.where(col(Ticket.assignee_id) == assignee_id)
    return int(await tx.scalar(select(func.count()).select_from(rows.subquery())) or 0)


async def answers(tx: AsyncSession, departments: Sequence[int] | None = None) -> list[Responsible]:
    """Who answers for what and where: of these departments, or of all."""
    wanted = select(Responsible).order_by(col(Responsible.division), col(Responsible.function))
    if departments is not None:
        wanted = wanted.where(col(Responsible.department_id).in_(departments))
    return list((await tx.scalars(wanted)).all())


async def answers_in(tx: AsyncSession, division: str) -> dict[str, int]:
    """Which department answers for each function in exactly this division."""
    wanted = select(col(Responsible.function), col(Responsible.department_id))
    rows = await tx.execute(wanted.where(col(Responsible.division) == division))
    return {function: int(department_id) for function, department_id in rows.all()}


async def answer(tx: AsyncSession, function: str, division: str) -> Responsible | None:
    """The row of this function in exactly this division, locked."""
    return await tx.get(Responsible, (function, division), with_for_update=True, populate_existing=True)


async def set_answer(tx: AsyncSession, function: str, division: str, department_id: int) -> None:
    """Write who answers for a function in a division, whether or not somebody did before."""
    row = insert_into(tx, Responsible).values(function=function, division=division, department_id=department_id)
    await tx.execute(
        row.on_conflict_do_update(index_elements=["function", "division"], set_={"department_id": department_id})
    )


async def post(tx: AsyncSession, department_id: int, name: str) -> Post | None:
    """The post of this name."""
    wanted = select(Post).where(col(Post.department_id) == department_id, col(Post.name) == name)
    return (await tx.scalars(wanted)).first()


async def all_posts(tx: AsyncSession) -> list[Post]:
    """Every post, by department and place."""
    wanted = select(Post).order_by(col(Post.department_id), col(Post.place), col(Post.id))
    return list((await tx.scalars(wanted)).all())


async def sections(tx: AsyncSession, department_id: int | None = None) -> list[tuple[Section, Staff | None]]:
    """Stretches of road with their chiefs, by road and stake: of one department, or all."""
    wanted = select(Section, Staff).outerjoin(Staff, col(Staff.id) == col(Section.chief_id))
    if department_id is not None:
        wanted = wanted.where(col(Section.department_id) == department_id)
    rows = await tx.execute(wanted.order_by(col(Section.road), col(Section.from_m), col(Section.id)))
    return [(stretch, chief) for stretch, chief in rows.all()]


async def section_of(tx: AsyncSession, department_id: int, road: str, from_m: int) -> Section | None:
    """The stretch of this department that begins there."""
    wanted = select(Section).where(
        col(Section.road) == road, col(Section.from_m) == from_m, col(Section.department_id) == department_id
    )
    return (await tx.scalars(wanted)).first()


async def shifts(
    tx: AsyncSession, since: datetime, ended: datetime, *, department_id: int | None = None, limit: int = 200
) -> list[tuple[Duty, Staff]]:
    """Shifts that start after `since` and end after `ended`, in the order in which they start."""
    wanted = (
        select(Duty, Staff)
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(col(Duty.starts_at) > since, col(Duty.ends_at) > ended)
        .order_by(col(Duty.starts_at), col(Duty.id))
        .limit(limit)
    )
    if department_id is not None:
        wanted = wanted.where(col(Duty.department_id) == department_id)
    return [(shift, member) for shift, member in (await tx.execute(wanted)).all()]


async def shift(tx: AsyncSession, department_id: int, staff_id: int, starts: datetime) -> Duty | None:
    """The shift that somebody starts then."""
    wanted = select(Duty).where(
        col(Duty.department_id) == department_id, col(Duty.staff_id) == staff_id, col(Duty.starts_at) == starts
    )
    return (await tx.scalars(wanted)).first()


async def people(
    tx: AsyncSession, *, words: str = "", after: str = "", at_work: bool = False, limit: int = 1000
) -> list[Staff]:
    """Those who work here, by login; `after` is the login at which the last page ended."""
    wanted = select(Staff).where(col(Staff.login) > after).order_by(col(Staff.login)).limit(limit)
    if words:
        wanted = wanted.where(or_(col(Staff.name).contains(words, autoescape=True), col(Staff.login) == words))
    if at_work:
        wanted = wanted.where(col(Staff.disabled_at).is_(None))
    return list((await tx.scalars(wanted)).all())


async def admins(tx: AsyncSession) -> list[Staff]:
    """Every administrator with access, locked in order, so that two cannot end each other's."""
    wanted = select(Staff).where(col(Staff.role) == "admin", col(Staff.disabled_at).is_(None))
    return list((await tx.scalars(wanted.order_by(col(Staff.id)).with_for_update())).all())
