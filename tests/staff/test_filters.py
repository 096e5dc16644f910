from __future__ import annotations

from handlers.staff import filters
from tests.staff.desk import Browser, Desk


async def test_a_list_is_kept_under_a_name(desk: Desk, clerk: Browser) -> None:
    await desk.report()
    page = await clerk.get("/staff/?view=late&matter=blockage.turned_back&source=12345")
    after = await clerk.send(page, "/staff/filters", name=" 热线 劝返 ")
    assert after.address.path_qs == "/staff/?view=late&matter=blockage.turned_back&source=12345"
    assert "已存为“热线 劝返”" in after.text
    plain = await clerk.get("/staff/")
    assert "/staff/?view=late&matter=blockage.turned_back&source=12345" in plain.links


async def test_the_same_name_means_the_new_list(clerk: Browser) -> None:
    await clerk.send(await clerk.get("/staff/?view=late"), "/staff/filters", name="早班")
    await clerk.send(await clerk.get("/staff/?view=soon"), "/staff/filters", name="早班")
    page = await clerk.get("/staff/")
    assert ("/staff/?view=soon" in page.html.split('class="chips"')[1], page.text.count("早班")) == (True, 2)


async def test_only_what_makes_sense_is_kept(clerk: Browser) -> None:
    token = await clerk.token()
    sent = {
        "form": token,
        "once": "o" * 20,
        "name": "怪",
        "query": "view=nonsense&x=<script>&next=https://evil.example",
    }
    after = await clerk.post("/staff/filters", sent)
    assert after.address.path_qs == "/staff/"
    assert "evil" not in after.html


async def test_what_is_no_name_is_asked_for_again(clerk: Browser) -> None:
    page = await clerk.get("/staff/?view=late")
    for name in ("", "  ", "长" * 21):
        no = await clerk.send(page, "/staff/filters", name=name)
        assert (no.status, "请起一个名字" in no.text) == (422, True)


async def test_there_is_room_for_twenty(clerk: Browser) -> None:
    for n in range(filters.MOST):
        await clerk.send(await clerk.get("/staff/?view=late"), "/staff/filters", name=f"表{n}")
    no = await clerk.send(await clerk.get("/staff/?view=late"), "/staff/filters", name="再一个")
    assert "最多存 20 个" in no.text


async def test_nobody_drops_what_another_has_kept(desk: Desk, clerk: Browser) -> None:
    page = await clerk.send(await clerk.get("/staff/?view=late"), "/staff/filters", name="早班")
    action, hidden = page.form("/drop")
    async with desk.browser("wang") as other:
        assert "早班" not in (await other.get("/staff/")).text
        await other.post(action, {"form": await other.token()})
    assert "早班" in (await clerk.get("/staff/")).text
    assert "早班" not in (await clerk.post(action, hidden)).text
