"""What a select offers: each value once, one marked, and nothing that somebody typed becomes HTML."""

from __future__ import annotations

from handlers.staff.choices import options


def test_one_is_marked() -> None:
    people = [("", "不限"), (1, "张三"), (11, "李四")]
    assert options(people, "1") == (
        '<option value="">不限</option><option value="1" selected>张三</option><option value="11">李四</option>'
    )
    assert '<option value="" selected>' in options(people)
    assert "selected" not in options(people, "7")


def test_a_name_stays_a_name() -> None:
    name = '<b> value="2"'
    assert options([(1, name), (2, "乙")], "2") == (
        '<option value="1">&lt;b&gt; value=&#34;2&#34;</option><option value="2" selected>乙</option>'
    )
    assert options([('"><i>', "丙")], '"><i>') == '<option value="&#34;&gt;&lt;i&gt;" selected>丙</option>'
