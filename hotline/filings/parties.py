"""The four parties of a trip: 属地, 货运行业, 生产（落地）企业, 货车驾驶员 (seed S3, 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import organisation
from hotline.firms import acts
from storage import filings as ledger
from storage import firms
from storage.models import Contact, Department, Filing, Firm

LOCALITY, INDUSTRY = "locality", "transport"
"""The functions under which the directory names 属地 and 货运行业."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who answers for a trip; None where the directory names nobody, or no driver has come to it yet."""

    locality: Department | None
    industry: Department | None
    firm: Firm | None
    driver: Contact | None


async def departments(tx: AsyncSession, destination: str) -> tuple[Department | None, Department | None]:
    """属地 and 货运行业 of a destination, or of the nearest division above that names one."""
    locality = await organisation.responsible(tx, LOCALITY, destination)
    return locality, await organisation.responsible(tx, INDUSTRY, destination)


async def of(tx: AsyncSession, filing: Filing) -> Parties:
    """The parties of a trip as they were named when it was filed."""
    locality = await tx.get(Department, filing.locality_id) if filing.locality_id else None
    industry = await tx.get(Department, filing.industry_id) if filing.industry_id else None
    firm = await firms.by_id(tx, filing.firm_id) if filing.firm_id else None
    driver = await tx.get(Contact, filing.driver_id) if filing.driver_id else None
    return Parties(locality, industry, firm, driver)


async def on_the_road(tx: AsyncSession, filing: Filing) -> list[Contact]:
    """The chats of the driver, and of whoever filed for him."""
    ids = {filing.contact_id, *([filing.driver_id] if filing.driver_id else [])}
    return [await tx.get_one(Contact, one) for one in sorted(ids)]


async def at_the_firm(tx: AsyncSession, filing: Filing, now: datetime) -> list[Contact]:
    """The chats of those who act for the receiving firm."""
    if filing.firm_id is None:
        return []
    return [contact for member, contact in await ledger.firm_chats(tx, filing.firm_id) if acts(member, now)]


async def holders(tx: AsyncSession, of_departments: Iterable[int | None], now: datetime) -> set[int]:
    """Who of the staff stands at the posts of these departments now."""
    ids = [one for one in of_departments if one]
    return {member.id or 0 for member in (await organisation.holders(tx, ids, now)).values()} if ids else set()


async def may_act(tx: AsyncSession, filing: Filing, contact: Contact, now: datetime) -> bool:
    """Whether somebody is a party to a trip: he drives it, filed it, or acts for the firm that it goes to."""
    if contact.id in (filing.contact_id, filing.driver_id):
        return True
    member = await firms.member(tx, filing.firm_id, contact.id or 0) if filing.firm_id else None
    return member is not None and acts(member, now)
