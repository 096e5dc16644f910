"""where a driver is tested, charges, rests or hands over"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_point",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("stem", TEXT(), nullable=False),
        sa.Column("division", TEXT(), nullable=False),
        sa.Column("road", TEXT(), nullable=True),
        sa.Column("stake_m", sa.Integer(), nullable=True),
        sa.Column("direction", TEXT(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("datum", TEXT(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("hours", TEXT(), nullable=True),
        sa.Column("phone", TEXT(), nullable=True),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("zones", TEXT(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("purpose", TEXT(), nullable=True),
        sa.Column("body", TEXT(), nullable=True),
        sa.Column("body_level", TEXT(), nullable=True),
        sa.Column("document", TEXT(), nullable=True),
        sa.Column("document_number", TEXT(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", TEXT(), nullable=True),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('test', 'charging', 'service', 'logistics', 'transfer', 'checkpoint')",
            name=op.f("ck_service_point_kind"),
        ),
        sa.CheckConstraint("state IN ('active', 'reserved', 'closed')", name=op.f("ck_service_point_state")),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_service_point_datum")),
        sa.CheckConstraint("zones IN ('cold', 'dry', 'both')", name=op.f("ck_service_point_zones")),
        sa.CheckConstraint(
            "purpose IN ('epidemic', 'overload', 'police', 'other')", name=op.f("ck_service_point_purpose")
        ),
        sa.CheckConstraint(
            "body_level IN ('county', 'city', 'province', 'nation')", name=op.f("ck_service_point_body_level")
        ),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (datum IS NULL)"
            " AND (latitude IS NULL) = (north IS NULL) AND (latitude IS NULL) = (east IS NULL)"
            " AND (latitude IS NULL) = (cell IS NULL)",
            name=op.f("ck_service_point_position"),
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_service_point_closed")),
        sa.CheckConstraint("state <> 'reserved' OR kind = 'transfer'", name=op.f("ck_service_point_reserved")),
        sa.CheckConstraint("stake_m IS NULL OR road IS NOT NULL", name=op.f("ck_service_point_stake")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_service_point_capacity")),
        sa.CheckConstraint(
            "kind <> 'checkpoint' OR (purpose IS NOT NULL AND body IS NOT NULL AND body_level IS NOT NULL"
            " AND document IS NOT NULL AND valid_from IS NOT NULL)",
            name=op.f("ck_service_point_approval"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_service_point_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_point")),
        sa.UniqueConstraint(
            "kind", "division", "name", "direction", name=op.f("uq_service_point_kind_division_name_direction")
        ),
    )
    with op.batch_alter_table("service_point", schema=None) as batch_op:
        batch_op.create_index(
            "ix_service_point_cell",
            ["kind", "cell"],
            unique=False,
            postgresql_where=sa.text("cell IS NOT NULL"),
            sqlite_where=sa.text("cell IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_service_point_road",
            ["road", "kind", "stake_m"],
            unique=False,
            postgresql_where=sa.text("road IS NOT NULL"),
            sqlite_where=sa.text("road IS NOT NULL"),
        )
        batch_op.create_index("ix_service_point_stem", ["stem", "kind"], unique=False)
        batch_op.create_index("ix_service_point_division", ["division", "kind", "name", "direction"], unique=False)

    op.create_table(
        "point_change",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("point_id", ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("what", TEXT(), nullable=False),
        sa.Column("reason", TEXT(), nullable=True),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "what IN ('added', 'changed', 'opened', 'reserved', 'closed', 'confirmed')",
            name=op.f("ck_point_change_what"),
        ),
        sa.ForeignKeyConstraint(["point_id"], ["service_point.id"], name=op.f("fk_point_change_point_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_point_change_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_change")),
    )
    with op.batch_alter_table("point_change", schema=None) as batch_op:
        batch_op.create_index("ix_point_change_point", ["point_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("point_change")
    op.drop_table("service_point")
