"""firms, passes, trips filed before arrival, and the day in numbers"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("frozen_at", TIME(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("day", name=op.f("uq_dispatch_day")),
    )
    op.create_table(
        "dispatch_unread",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispatch_unread_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_dispatch_unread")),
    )
    op.create_table(
        "closure_push",
        sa.Column("closure_id", ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("begun_at", TIME(), nullable=False),
        sa.Column("done_at", TIME(), nullable=True),
        sa.CheckConstraint("told >= 0", name=op.f("ck_closure_push_told")),
        sa.ForeignKeyConstraint(["closure_id"], ["closure.id"], name=op.f("fk_closure_push_closure_id")),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_closure_push")),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("public", TEXT(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("made_at", TIME(), nullable=False),
        sa.Column("retired_at", TIME(), nullable=True),
        sa.CheckConstraint("id BETWEEN 1 AND 255", name=op.f("ck_signing_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.create_index(
            "uq_signing_key_current",
            ["is_current"],
            unique=True,
            postgresql_where=sa.text("is_current"),
            sqlite_where=sa.text("is_current"),
        )

    op.create_table(
        "firm",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("uscc", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("desk", TEXT(), nullable=False),
        sa.Column("contact_name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("grounds", JSON, nullable=True),
        sa.Column("why", TEXT(), nullable=True),
        sa.Column("decided_by", ID, autoincrement=False, nullable=True),
        sa.Column("decided_at", TIME(), nullable=True),
        sa.Column("follows_id", ID, autoincrement=False, nullable=True),
        sa.Column("registered_at", TIME(), nullable=False),
        sa.Column("changed_at", TIME(), nullable=False),
        sa.Column("ended_at", TIME(), nullable=True),
        sa.CheckConstraint("(state = 'registered') = (decided_at IS NULL)", name=op.f("ck_firm_decided")),
        sa.CheckConstraint("state IN ('registered', 'verified', 'refused', 'suspended')", name=op.f("ck_firm_state")),
        sa.CheckConstraint("state NOT IN ('refused', 'suspended') OR why IS NOT NULL", name=op.f("ck_firm_why")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_firm_decided_by")),
        sa.ForeignKeyConstraint(["follows_id"], ["firm.id"], name=op.f("fk_firm_follows_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
    )
    with op.batch_alter_table("firm", schema=None) as batch_op:
        batch_op.create_index("ix_firm_desk", ["desk", "id"], unique=False)
        batch_op.create_index(
            "uq_firm_uscc",
            ["uscc"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_firm_state", ["state", "desk", "id"], unique=False)

    op.create_table(
        "outside_crew",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("plate", TEXT(), nullable=False),
        sa.Column("colour", TEXT(), nullable=False),
        sa.Column("trailer", TEXT(), nullable=True),
        sa.Column("crew", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("registered_at", TIME(), nullable=False),
        sa.Column("ended_at", TIME(), nullable=True),
        sa.CheckConstraint(
            "colour IN ('yellow', 'blue', 'green', 'yellow_green', 'white', 'black')",
            name=op.f("ck_outside_crew_colour"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_outside_crew_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_crew")),
    )
    with op.batch_alter_table("outside_crew", schema=None) as batch_op:
        batch_op.create_index("ix_outside_crew_contact", ["contact_id", "id"], unique=False)
        batch_op.create_index("ix_outside_crew_division", ["division", "id"], unique=False)
        batch_op.create_index(
            "ix_outside_crew_until",
            ["until", "id"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_outside_crew_plate",
            ["division", "plate", "colour"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "pass_block",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("first_serial", sa.Integer(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.Column("next_serial", sa.Integer(), nullable=False),
        sa.Column("document", TEXT(), nullable=False),
        sa.Column("allotted_by", ID, autoincrement=False, nullable=False),
        sa.Column("allotted_at", TIME(), nullable=False),
        sa.CheckConstraint(
            "first_serial BETWEEN 1 AND last_serial AND last_serial <= 999999", name=op.f("ck_pass_block_span")
        ),
        sa.CheckConstraint(
            "next_serial BETWEEN first_serial AND last_serial + 1", name=op.f("ck_pass_block_next_serial")
        ),
        sa.ForeignKeyConstraint(["allotted_by"], ["staff.id"], name=op.f("fk_pass_block_allotted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_block")),
    )
    with op.batch_alter_table("pass_block", schema=None) as batch_op:
        batch_op.create_index("ix_pass_block_division", ["division", "id"], unique=False)
        batch_op.create_index(
            "ix_pass_block_open",
            ["division", "first_serial"],
            unique=False,
            postgresql_where=sa.text("next_serial <= last_serial"),
            sqlite_where=sa.text("next_serial <= last_serial"),
        )

    op.create_table(
        "filing",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("number", TEXT(), nullable=False),
        sa.Column("code", TEXT(), nullable=False),
        sa.Column("scheme", TEXT(), nullable=False),
        sa.Column("pack", TEXT(), nullable=False),
        sa.Column("pack_version", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("claim", TEXT(), nullable=False),
        sa.Column("filed_by", TEXT(), nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("driver_id", ID, autoincrement=False, nullable=True),
        sa.Column("firm_id", ID, autoincrement=False, nullable=True),
        sa.Column("consignee", TEXT(), nullable=True),
        sa.Column("locality_id", ID, autoincrement=False, nullable=True),
        sa.Column("industry_id", ID, autoincrement=False, nullable=True),
        sa.Column("plate", TEXT(), nullable=False),
        sa.Column("colour", TEXT(), nullable=False),
        sa.Column("trailer", TEXT(), nullable=True),
        sa.Column("origin", TEXT(), nullable=False),
        sa.Column("destination", TEXT(), nullable=False),
        sa.Column("via", JSON, nullable=False),
        sa.Column("goods", TEXT(), nullable=True),
        sa.Column("crew", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("to_tell", sa.Boolean(), nullable=False),
        sa.Column("terms", TEXT(), nullable=True),
        sa.Column("return_of", ID, autoincrement=False, nullable=True),
        sa.Column("filed_at", TIME(), nullable=False),
        sa.Column("arrives_at", TIME(), nullable=False),
        sa.Column("leaves_at", TIME(), nullable=False),
        sa.Column("valid_until", TIME(), nullable=False),
        sa.Column("entered_at", TIME(), nullable=True),
        sa.Column("loading_at", TIME(), nullable=True),
        sa.Column("left_at", TIME(), nullable=True),
        sa.Column("alarm_at", TIME(), nullable=False),
        sa.Column("overstay", sa.SmallInteger(), nullable=False),
        sa.Column("payload", TEXT(), nullable=False),
        sa.Column("changed_at", TIME(), nullable=False),
        sa.CheckConstraint(
            "colour IN ('yellow', 'blue', 'green', 'yellow_green', 'white', 'black')", name=op.f("ck_filing_colour")
        ),
        sa.CheckConstraint("filed_by IN ('driver', 'firm', 'desk')", name=op.f("ck_filing_filed_by")),
        sa.CheckConstraint("state <> 'left' OR left_at IS NOT NULL", name=op.f("ck_filing_left")),
        sa.CheckConstraint(
            "state IN ('filed', 'entered', 'loading', 'left', 'cancelled', 'expired')", name=op.f("ck_filing_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('entered', 'loading', 'left') OR entered_at IS NOT NULL", name=op.f("ck_filing_entered")
        ),
        sa.CheckConstraint("firm_id IS NOT NULL OR consignee IS NOT NULL", name=op.f("ck_filing_consignee")),
        sa.CheckConstraint("leaves_at > arrives_at", name=op.f("ck_filing_span")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_filing_contact_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["contact.id"], name=op.f("fk_filing_driver_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_filing_firm_id")),
        sa.ForeignKeyConstraint(["industry_id"], ["department.id"], name=op.f("fk_filing_industry_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["department.id"], name=op.f("fk_filing_locality_id")),
        sa.ForeignKeyConstraint(["return_of"], ["filing.id"], name=op.f("fk_filing_return_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("code", name=op.f("uq_filing_code")),
        sa.UniqueConstraint("number", name=op.f("uq_filing_number")),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_filing_alarm",
            ["alarm_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('filed', 'entered', 'loading')"),
            sqlite_where=sa.text("state IN ('filed', 'entered', 'loading')"),
        )
        batch_op.create_index("ix_filing_contact", ["contact_id", "id"], unique=False)
        batch_op.create_index(
            "ix_filing_firm",
            ["firm_id", "id"],
            unique=False,
            postgresql_where=sa.text("firm_id IS NOT NULL"),
            sqlite_where=sa.text("firm_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_filing_crew",
            ["changed_at", "id"],
            unique=False,
            postgresql_where=sa.text("crew IS NOT NULL AND state IN ('left', 'cancelled', 'expired')"),
            sqlite_where=sa.text("crew IS NOT NULL AND state IN ('left', 'cancelled', 'expired')"),
        )
        batch_op.create_index(
            "ix_filing_driver",
            ["driver_id", "id"],
            unique=False,
            postgresql_where=sa.text("driver_id IS NOT NULL"),
            sqlite_where=sa.text("driver_id IS NOT NULL"),
        )
        batch_op.create_index("ix_filing_list", ["destination", "id"], unique=False)
        batch_op.create_index(
            "ix_filing_live",
            ["arrives_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('filed', 'entered', 'loading')"),
            sqlite_where=sa.text("state IN ('filed', 'entered', 'loading')"),
        )
        batch_op.create_index(
            "ix_filing_overstay",
            ["id"],
            unique=False,
            postgresql_where=sa.text("overstay > 0 AND state IN ('entered', 'loading')"),
            sqlite_where=sa.text("overstay > 0 AND state IN ('entered', 'loading')"),
        )
        batch_op.create_index(
            "ix_filing_return",
            ["return_of"],
            unique=False,
            postgresql_where=sa.text("return_of IS NOT NULL"),
            sqlite_where=sa.text("return_of IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_filing_to_tell",
            ["id"],
            unique=False,
            postgresql_where=sa.text("to_tell"),
            sqlite_where=sa.text("to_tell"),
        )
        batch_op.create_index("ix_filing_plate", ["plate", "id"], unique=False)
        batch_op.create_index(
            "uq_filing_live",
            ["claim"],
            unique=True,
            postgresql_where=sa.text("state IN ('filed', 'entered', 'loading')"),
            sqlite_where=sa.text("state IN ('filed', 'entered', 'loading')"),
        )

    op.create_table(
        "firm_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("firm_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("actor", TEXT(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("at", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_event_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_event")),
    )
    with op.batch_alter_table("firm_event", schema=None) as batch_op:
        batch_op.create_index("ix_firm_event_firm", ["firm_id", "id"], unique=False)

    op.create_table(
        "firm_gram",
        sa.Column("gram", TEXT(), nullable=False),
        sa.Column("firm_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_gram_firm_id")),
        sa.PrimaryKeyConstraint("gram", "firm_id", name=op.f("pk_firm_gram")),
    )
    with op.batch_alter_table("firm_gram", schema=None) as batch_op:
        batch_op.create_index("ix_firm_gram_firm_id", ["firm_id"], unique=False)

    op.create_table(
        "firm_member",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("firm_id", ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("role", TEXT(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("consented_at", TIME(), nullable=False),
        sa.Column("authority_until", sa.Date(), nullable=True),
        sa.Column("joined_at", TIME(), nullable=False),
        sa.Column("left_at", TIME(), nullable=True),
        sa.CheckConstraint("(role = 'agent') = (authority_until IS NOT NULL)", name=op.f("ck_firm_member_authority")),
        sa.CheckConstraint("role IN ('owner', 'clerk', 'driver', 'agent')", name=op.f("ck_firm_member_role")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_firm_member_contact_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_member_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_member")),
    )
    with op.batch_alter_table("firm_member", schema=None) as batch_op:
        batch_op.create_index(
            "ix_firm_member_authority",
            ["authority_until"],
            unique=False,
            postgresql_where=sa.text("authority_until IS NOT NULL AND left_at IS NULL"),
            sqlite_where=sa.text("authority_until IS NOT NULL AND left_at IS NULL"),
        )
        batch_op.create_index(
            "ix_firm_member_contact",
            ["contact_id", "firm_id"],
            unique=False,
            postgresql_where=sa.text("left_at IS NULL"),
            sqlite_where=sa.text("left_at IS NULL"),
        )
        batch_op.create_index(
            "uq_firm_member_here",
            ["firm_id", "contact_id"],
            unique=True,
            postgresql_where=sa.text("left_at IS NULL"),
            sqlite_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "firm_vehicle",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("firm_id", ID, autoincrement=False, nullable=False),
        sa.Column("plate", TEXT(), nullable=False),
        sa.Column("colour", TEXT(), nullable=False),
        sa.Column("trailer", TEXT(), nullable=True),
        sa.Column("added_at", TIME(), nullable=False),
        sa.Column("retired_at", TIME(), nullable=True),
        sa.CheckConstraint(
            "colour IN ('yellow', 'blue', 'green', 'yellow_green', 'white', 'black')",
            name=op.f("ck_firm_vehicle_colour"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_vehicle_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_vehicle")),
    )
    with op.batch_alter_table("firm_vehicle", schema=None) as batch_op:
        batch_op.create_index("ix_firm_vehicle_plate", ["plate"], unique=False)
        batch_op.create_index(
            "uq_firm_vehicle_plate",
            ["firm_id", "plate", "colour"],
            unique=True,
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "pass",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("number", TEXT(), nullable=True),
        sa.Column("code", TEXT(), nullable=False),
        sa.Column("scheme", TEXT(), nullable=False),
        sa.Column("pack", TEXT(), nullable=False),
        sa.Column("pack_version", TEXT(), nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("claim", TEXT(), nullable=False),
        sa.Column("batch", TEXT(), nullable=True),
        sa.Column("firm_id", ID, autoincrement=False, nullable=True),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("plate", TEXT(), nullable=False),
        sa.Column("colour", TEXT(), nullable=False),
        sa.Column("trailer", TEXT(), nullable=True),
        sa.Column("goods", TEXT(), nullable=False),
        sa.Column("goods_words", TEXT(), nullable=True),
        sa.Column("origin", TEXT(), nullable=False),
        sa.Column("destination", TEXT(), nullable=False),
        sa.Column("via", JSON, nullable=False),
        sa.Column("crew", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("from_wished", TIME(), nullable=False),
        sa.Column("until_wished", TIME(), nullable=True),
        sa.Column("uses", TEXT(), nullable=False),
        sa.Column("steps", sa.SmallInteger(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("sample", TEXT(), nullable=True),
        sa.Column("renews_id", ID, autoincrement=False, nullable=True),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("basis", JSON, nullable=True),
        sa.Column("words", TEXT(), nullable=True),
        sa.Column("checked_by", ID, autoincrement=False, nullable=True),
        sa.Column("checked_at", TIME(), nullable=True),
        sa.Column("decided_by", ID, autoincrement=False, nullable=True),
        sa.Column("decided_at", TIME(), nullable=True),
        sa.Column("applied_at", TIME(), nullable=False),
        sa.Column("due_at", TIME(), nullable=False),
        sa.Column("issued_at", TIME(), nullable=True),
        sa.Column("valid_from", TIME(), nullable=True),
        sa.Column("valid_until", TIME(), nullable=True),
        sa.Column("ended_at", TIME(), nullable=True),
        sa.Column("reminded_at", TIME(), nullable=True),
        sa.Column("payload", TEXT(), nullable=True),
        sa.Column("changed_at", TIME(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('issued', 'used', 'expired', 'revoked', 'superseded')) = (number IS NOT NULL) AND (number IS NULL) = (issued_at IS NULL) AND (number IS NULL) = (valid_until IS NULL) AND (number IS NULL) = (payload IS NULL)",
            name=op.f("ck_pass_issued"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('issued', 'used', 'expired', 'revoked', 'superseded')) OR automatic OR decided_by IS NOT NULL",
            name=op.f("ck_pass_decided"),
        ),
        sa.CheckConstraint(
            "colour IN ('yellow', 'blue', 'green', 'yellow_green', 'white', 'black')", name=op.f("ck_pass_colour")
        ),
        sa.CheckConstraint("sample IN ('due', 'kept', 'revoked')", name=op.f("ck_pass_sample")),
        sa.CheckConstraint(
            "state <> 'checked' OR (steps = 2 AND checked_by IS NOT NULL)", name=op.f("ck_pass_checked")
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'checked', 'returned', 'refused', 'withdrawn', 'issued', 'used', 'expired', 'revoked', 'superseded')",
            name=op.f("ck_pass_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'refused', 'revoked') OR basis IS NOT NULL", name=op.f("ck_pass_basis")
        ),
        sa.CheckConstraint(
            "steps = 1 OR automatic OR NOT (state IN ('issued', 'used', 'expired', 'revoked', 'superseded')) OR checked_by IS NOT NULL",
            name=op.f("ck_pass_two_steps"),
        ),
        sa.CheckConstraint("uses IN ('many', 'once')", name=op.f("ck_pass_uses")),
        sa.CheckConstraint("checked_by <> decided_by", name=op.f("ck_pass_two_people")),
        sa.CheckConstraint("renews_id <> id", name=op.f("ck_pass_renews")),
        sa.CheckConstraint("steps IN (1, 2)", name=op.f("ck_pass_steps")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_pass_validity")),
        sa.ForeignKeyConstraint(["checked_by"], ["staff.id"], name=op.f("fk_pass_checked_by")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_pass_contact_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_pass_decided_by")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_pass_firm_id")),
        sa.ForeignKeyConstraint(["renews_id"], ["pass.id"], name=op.f("fk_pass_renews_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass")),
        sa.UniqueConstraint("code", name=op.f("uq_pass_code")),
        sa.UniqueConstraint("number", name=op.f("uq_pass_number")),
    )
    with op.batch_alter_table("pass", schema=None) as batch_op:
        batch_op.create_index("ix_pass_applied", ["applied_at", "id"], unique=False)
        batch_op.create_index(
            "ix_pass_batch",
            ["batch", "id"],
            unique=False,
            postgresql_where=sa.text("batch IS NOT NULL"),
            sqlite_where=sa.text("batch IS NOT NULL"),
        )
        batch_op.create_index("ix_pass_contact", ["contact_id", "id"], unique=False)
        batch_op.create_index(
            "ix_pass_ending",
            ["valid_until", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'issued'"),
            sqlite_where=sa.text("state = 'issued'"),
        )
        batch_op.create_index(
            "ix_pass_firm",
            ["firm_id", "id"],
            unique=False,
            postgresql_where=sa.text("firm_id IS NOT NULL"),
            sqlite_where=sa.text("firm_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_pass_held",
            ["valid_until", "id"],
            unique=False,
            postgresql_where=sa.text("number IS NOT NULL"),
            sqlite_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_pass_due",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('applied', 'checked')"),
            sqlite_where=sa.text("state IN ('applied', 'checked')"),
        )
        batch_op.create_index("ix_pass_list", ["division", "state", "id"], unique=False)
        batch_op.create_index(
            "ix_pass_trailer",
            ["trailer", "id"],
            unique=False,
            postgresql_where=sa.text("trailer <> '' AND state IN ('applied', 'checked', 'issued')"),
            sqlite_where=sa.text("trailer <> '' AND state IN ('applied', 'checked', 'issued')"),
        )
        batch_op.create_index("ix_pass_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_pass_plate", ["plate", "id"], unique=False)
        batch_op.create_index(
            "ix_pass_early",
            ["valid_until", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('revoked', 'superseded', 'used')"),
            sqlite_where=sa.text("state IN ('revoked', 'superseded', 'used')"),
        )
        batch_op.create_index(
            "ix_pass_queue",
            ["division", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('applied', 'checked')"),
            sqlite_where=sa.text("state IN ('applied', 'checked')"),
        )
        batch_op.create_index(
            "ix_pass_sample",
            ["division", "id"],
            unique=False,
            postgresql_where=sa.text("sample = 'due'"),
            sqlite_where=sa.text("sample = 'due'"),
        )
        batch_op.create_index(
            "uq_pass_live",
            ["claim"],
            unique=True,
            postgresql_where=sa.text("state = 'issued'"),
            sqlite_where=sa.text("state = 'issued'"),
        )
        batch_op.create_index(
            "uq_pass_waiting",
            ["claim"],
            unique=True,
            postgresql_where=sa.text("state IN ('applied', 'checked', 'returned')"),
            sqlite_where=sa.text("state IN ('applied', 'checked', 'returned')"),
        )

    op.create_table(
        "filing_alert",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("filing_id", ID, autoincrement=False, nullable=False),
        sa.Column("department_id", ID, autoincrement=False, nullable=True),
        sa.Column("function", TEXT(), nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("raised_by", ID, autoincrement=False, nullable=False),
        sa.Column("raised_at", TIME(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", TIME(), nullable=False),
        sa.Column("seen_by", ID, autoincrement=False, nullable=True),
        sa.Column("seen_at", TIME(), nullable=True),
        sa.Column("ended_at", TIME(), nullable=True),
        sa.CheckConstraint("function IN ('health', 'locality')", name=op.f("ck_filing_alert_function")),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name=op.f("ck_filing_alert_seen")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_filing_alert_department_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_alert_filing_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name=op.f("fk_filing_alert_raised_by")),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_filing_alert_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_alert")),
    )
    with op.batch_alter_table("filing_alert", schema=None) as batch_op:
        batch_op.create_index("ix_filing_alert_department", ["department_id", "id"], unique=False)
        batch_op.create_index("ix_filing_alert_filing", ["filing_id", "id"], unique=False)
        batch_op.create_index(
            "ix_filing_alert_held",
            ["division", "raised_at"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_filing_alert_here",
            ["division", "id"],
            unique=False,
            postgresql_where=sa.text("seen_at IS NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("seen_at IS NULL AND ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_filing_alert_open",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("seen_at IS NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("seen_at IS NULL AND ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_filing_alert",
            ["filing_id", "division", "function"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "filing_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("filing_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("actor", TEXT(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("at", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_event_filing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_event")),
    )
    with op.batch_alter_table("filing_event", schema=None) as batch_op:
        batch_op.create_index("ix_filing_event_day", ["at", "kind"], unique=False)
        batch_op.create_index("ix_filing_event_filing", ["filing_id", "id"], unique=False)

    op.create_table(
        "firm_invitation",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("firm_id", ID, autoincrement=False, nullable=False),
        sa.Column("code", TEXT(), nullable=False),
        sa.Column("role", TEXT(), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.Column("authority_until", sa.Date(), nullable=True),
        sa.Column("made_by", ID, autoincrement=False, nullable=False),
        sa.Column("made_at", TIME(), nullable=False),
        sa.Column("until", TIME(), nullable=False),
        sa.CheckConstraint(
            "(role = 'agent') = (authority_until IS NOT NULL)", name=op.f("ck_firm_invitation_authority")
        ),
        sa.CheckConstraint("role IN ('owner', 'clerk', 'driver', 'agent')", name=op.f("ck_firm_invitation_role")),
        sa.CheckConstraint("left_over >= 0", name=op.f("ck_firm_invitation_left_over")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_invitation_firm_id")),
        sa.ForeignKeyConstraint(["made_by"], ["firm_member.id"], name=op.f("fk_firm_invitation_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_firm_invitation_code")),
    )
    with op.batch_alter_table("firm_invitation", schema=None) as batch_op:
        batch_op.create_index("ix_firm_invitation_firm", ["firm_id", "id"], unique=False)

    op.create_table(
        "pass_event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("pass_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("goods", TEXT(), nullable=False),
        sa.Column("actor", TEXT(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("at", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["pass_id"], ["pass.id"], name=op.f("fk_pass_event_pass_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_event")),
    )
    with op.batch_alter_table("pass_event", schema=None) as batch_op:
        batch_op.create_index("ix_pass_event_day", ["at", "kind", "division", "goods"], unique=False)
        batch_op.create_index("ix_pass_event_pass", ["pass_id", "id"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("mark", TEXT(), nullable=False),
        sa.Column("pass_id", ID, autoincrement=False, nullable=True),
        sa.Column("filing_id", ID, autoincrement=False, nullable=True),
        sa.Column("number", TEXT(), nullable=True),
        sa.Column("plate_seen", TEXT(), nullable=True),
        sa.Column("verdict", TEXT(), nullable=False),
        sa.Column("told", TEXT(), nullable=True),
        sa.Column("deed", TEXT(), nullable=False),
        sa.Column("reason", TEXT(), nullable=True),
        sa.Column("staff_id", ID, autoincrement=False, nullable=True),
        sa.Column("point_id", ID, autoincrement=False, nullable=True),
        sa.Column("place", TEXT(), nullable=True),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("goods", TEXT(), nullable=True),
        sa.Column("is_offline", sa.Boolean(), nullable=False),
        sa.Column("at", TIME(), nullable=False),
        sa.Column("received_at", TIME(), nullable=False),
        sa.CheckConstraint("deed IN ('passed', 'stopped', 'entered', 'left')", name=op.f("ck_scan_deed")),
        sa.CheckConstraint(
            "verdict IN ('valid', 'forged', 'altered', 'expired', 'not_yet', 'revoked', 'lent', 'replayed', 'used', 'superseded', 'unknown')",
            name=op.f("ck_scan_verdict"),
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_scan_filing_id")),
        sa.ForeignKeyConstraint(["pass_id"], ["pass.id"], name=op.f("fk_scan_pass_id")),
        sa.ForeignKeyConstraint(["point_id"], ["service_point.id"], name=op.f("fk_scan_point_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_scan_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("mark", name=op.f("uq_scan_mark")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index("ix_scan_pass", ["pass_id", "at"], unique=False)
        batch_op.create_index("ix_scan_received", ["received_at", "id"], unique=False)
        batch_op.create_index("ix_scan_staff", ["staff_id", "id"], unique=False)
        batch_op.create_index("ix_scan_filing", ["filing_id", "at"], unique=False)
        batch_op.create_index("ix_scan_division", ["division", "id"], unique=False)
        batch_op.create_index(
            "ix_scan_doubtful",
            ["division", "id"],
            unique=False,
            postgresql_where=sa.text("verdict <> 'valid'"),
            sqlite_where=sa.text("verdict <> 'valid'"),
        )

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", TEXT(), nullable=True))
        batch_op.create_index(
            "ix_attachment_about",
            ["about", "id"],
            unique=False,
            postgresql_where=sa.text("about IS NOT NULL"),
            sqlite_where=sa.text("about IS NOT NULL"),
        )

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture", JSON, nullable=True))
    where = sa.text("ticket_id IS NULL AND about IS NULL")
    op.drop_index("ix_attachment_orphan", "attachment")
    op.create_index("ix_attachment_orphan", "attachment", ["created_at"], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    where = sa.text("ticket_id IS NULL")
    op.drop_index("ix_attachment_orphan", "attachment")
    op.create_index("ix_attachment_orphan", "attachment", ["created_at"], postgresql_where=where, sqlite_where=where)
    op.drop_column("outbox", "picture")
    op.drop_index("ix_attachment_about", "attachment")
    op.drop_column("attachment", "about")
    for table in (
        "scan",
        "pass_event",
        "firm_invitation",
        "filing_event",
        "filing_alert",
        "pass",
        "firm_vehicle",
        "firm_member",
        "firm_gram",
        "firm_event",
        "filing",
        "pass_block",
        "outside_crew",
        "firm",
        "signing_key",
        "closure_push",
        "dispatch_unread",
        "dispatch",
    ):
        op.drop_table(table)
