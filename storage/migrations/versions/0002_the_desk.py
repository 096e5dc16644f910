"""the desk

Forward only: what the desk did cannot be told in the tables before it.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

import storage.models
import storage.sealed

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    never = sa.text("'9999-12-31 00:00:00.000000'" if is_sqlite else "'9999-12-31 00:00:00+00'")
    op.create_table('department',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('division', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('outside', sa.Boolean(), nullable=False),
    sa.Column('reached_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('disabled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("level IN ('county', 'city', 'province', 'nation')", name=op.f('ck_department_level')),
    sa.ForeignKeyConstraint(['parent_id'], ['department.id'], name=op.f('fk_department_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('code', name=op.f('uq_department_code'))
    )
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.create_index('ix_department_division', ['division'], unique=False)

    op.create_table('macro',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_macro')),
    sa.UniqueConstraint('name', 'language', name=op.f('uq_macro_name_language'))
    )
    op.create_table('facility',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('road', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('stake_m', sa.Integer(), nullable=True),
    sa.Column('direction', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('division', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('toll', 'service', 'parking')", name=op.f('ck_facility_kind')),
    sa.CheckConstraint("state IN ('open', 'limited', 'closed')", name=op.f('ck_facility_state')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_facility_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facility')),
    sa.UniqueConstraint('road', 'name', name=op.f('uq_facility_road_name'))
    )
    with op.batch_alter_table('facility', schema=None) as batch_op:
        batch_op.create_index('ix_facility_name', ['name'], unique=False)
        batch_op.create_index('ix_facility_road', ['road', 'stake_m'], unique=False)
        batch_op.create_index('ix_facility_shut', ['road'], unique=False, postgresql_where=sa.text("state <> 'open'"), sqlite_where=sa.text("state <> 'open'"))

    op.create_table('responsible',
    sa.Column('function', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('division', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_responsible_department_id')),
    sa.PrimaryKeyConstraint('function', 'division', name=op.f('pk_responsible'))
    )
    op.create_table('alarm',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('about', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('division', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('facts', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('raised_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('seen_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['seen_by'], ['staff.id'], name=op.f('fk_alarm_seen_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm')),
    sa.UniqueConstraint('what', 'about', 'day', name=op.f('uq_alarm_what_about_day'))
    )
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.create_index('ix_alarm_unseen', ['division', 'id'], unique=False, postgresql_where=sa.text('seen_at IS NULL'), sqlite_where=sa.text('seen_at IS NULL'))

    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('facts', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_audit_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_staff', ['staff_id', 'id'], unique=False)
        batch_op.create_index('ix_audit_ticket', ['ticket_id', 'id'], unique=False, postgresql_where=sa.text('ticket_id IS NOT NULL'), sqlite_where=sa.text('ticket_id IS NOT NULL'))

    op.create_table('duty',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('starts_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ends_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('handover', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_duty_span')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_duty_department_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_duty_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty'))
    )
    with op.batch_alter_table('duty', schema=None) as batch_op:
        batch_op.create_index('ix_duty_department', ['department_id', 'starts_at'], unique=False)

    op.create_table('post',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('place', sa.SmallInteger(), nullable=False),
    sa.Column('a_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('b_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.CheckConstraint('a_id <> b_id', name=op.f('ck_post_holders')),
    sa.ForeignKeyConstraint(['a_id'], ['staff.id'], name=op.f('fk_post_a_id')),
    sa.ForeignKeyConstraint(['b_id'], ['staff.id'], name=op.f('fk_post_b_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_post_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('department_id', 'name', name=op.f('uq_post_department_id_name'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_department', ['department_id', 'place'], unique=False)

    op.create_table('saved_filter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('query', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_saved_filter_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('staff_id', 'name', name=op.f('uq_saved_filter_staff_id_name'))
    )
    op.create_table('section',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('road', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('from_m', sa.Integer(), nullable=False),
    sa.Column('to_m', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('chief_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.CheckConstraint('to_m > from_m', name=op.f('ck_section_span')),
    sa.ForeignKeyConstraint(['chief_id'], ['staff.id'], name=op.f('fk_section_chief_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_section_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_section'))
    )
    with op.batch_alter_table('section', schema=None) as batch_op:
        batch_op.create_index('ix_section_road', ['road', 'from_m'], unique=False)

    op.create_table('assist',
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('asked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('done_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_assist_asked_by')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_assist_department_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_assist_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'department_id', name=op.f('pk_assist'))
    )
    with op.batch_alter_table('assist', schema=None) as batch_op:
        batch_op.create_index('ix_assist_department', ['department_id', 'done_at', 'ticket_id'], unique=False)

    op.create_table('callback',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('satisfaction', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("(status = 'answered') = (satisfaction IS NOT NULL)", name=op.f('ck_callback_answer')),
    sa.CheckConstraint("satisfaction IN ('satisfied', 'mostly', 'unsatisfied')", name=op.f('ck_callback_satisfaction')),
    sa.CheckConstraint("status IN ('due', 'asked', 'answered', 'unreached', 'dropped')", name=op.f('ck_callback_status')),
    sa.CheckConstraint('tries BETWEEN 0 AND 3', name=op.f('ck_callback_tries')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_callback_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_callback_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback')),
    sa.UniqueConstraint('ticket_id', 'round', name=op.f('uq_callback_ticket_id_round'))
    )
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.create_index('ix_callback_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('due', 'asked')"), sqlite_where=sa.text("status IN ('due', 'asked')"))

    op.create_table('closure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('facility_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('approval', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('reopened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('reopened_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('proof', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint('reopened_at IS NULL OR reopened_at >= closed_at', name=op.f('ck_closure_span')),
    sa.ForeignKeyConstraint(['facility_id'], ['facility.id'], name=op.f('fk_closure_facility_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_closure_owner_id')),
    sa.ForeignKeyConstraint(['reopened_by'], ['staff.id'], name=op.f('fk_closure_reopened_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_closure_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure'))
    )
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.create_index('ix_closure_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text('reopened_at IS NULL'), sqlite_where=sa.text('reopened_at IS NULL'))
        batch_op.create_index('ix_closure_open', ['facility_id'], unique=True, postgresql_where=sa.text('reopened_at IS NULL'), sqlite_where=sa.text('reopened_at IS NULL'))

    op.create_table('extension',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('asked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True),
    sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.CheckConstraint('(decided_at IS NULL) = (granted IS NULL)', name=op.f('ck_extension_decided')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> asked_by', name=op.f('ck_extension_decided_by')),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_extension_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_extension_decided_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_extension_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension'))
    )
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.create_index('ix_extension_open', ['ticket_id'], unique=True, postgresql_where=sa.text('decided_at IS NULL'), sqlite_where=sa.text('decided_at IS NULL'))
        batch_op.create_index('ix_extension_ticket', ['ticket_id', 'id'], unique=False)

    op.create_table('presence',
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_presence_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_presence_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'staff_id', name=op.f('pk_presence'))
    )
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('away_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('link_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('link_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index('ix_staff_contact', ['contact_id'], unique=True, postgresql_where=sa.text('contact_id IS NOT NULL'), sqlite_where=sa.text('contact_id IS NOT NULL'))
        batch_op.create_index(op.f('ix_staff_department_id'), ['department_id'], unique=False)
        batch_op.create_foreign_key(op.f('fk_staff_department_id'), 'department', ['department_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_staff_role'), "role IN ('clerk', 'handler', 'supervisor', 'checkpoint', 'admin')")

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_ticket_status'), type_='check')
        batch_op.drop_constraint(op.f('ck_ticket_proof'), type_='check')
        batch_op.add_column(sa.Column('rank', sa.SmallInteger(), nullable=False, server_default=sa.text("1")))
        batch_op.add_column(sa.Column('named', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('on_site', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('confidential', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('master_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('trailer', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('next_response_due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False, server_default=never))
        batch_op.add_column(sa.Column('alarm_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False, server_default=never))
        batch_op.add_column(sa.Column('level', sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column('waiting_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('warned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('resolver_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('needs_review', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('reviewer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=True))
        batch_op.add_column(sa.Column('proof', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('proof_note', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('struck_off_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('returns', sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column('redone', sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
        batch_op.drop_index('ix_ticket_queue')
        batch_op.drop_index('ix_ticket_unanswered')
        batch_op.drop_index('ix_ticket_what')
        batch_op.drop_index('ix_ticket_assignee')

    # What was resolved before had a result and no outcome: it stands as solved, by whom it belonged to.
    op.execute("UPDATE ticket SET outcome = 'solved', resolver_id = assignee_id WHERE status = 'resolved'")
    op.execute("UPDATE ticket SET due_at = CASE WHEN first_response_at IS NULL THEN first_response_due_at"
               " ELSE resolution_due_at END, alarm_at = opened_at WHERE status <> 'resolved'")
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.alter_column('rank', server_default=None)
        batch_op.alter_column('named', server_default=None)
        batch_op.alter_column('on_site', server_default=None)
        batch_op.alter_column('confidential', server_default=None)
        batch_op.alter_column('due_at', server_default=None)
        batch_op.alter_column('alarm_at', server_default=None)
        batch_op.alter_column('level', server_default=None)
        batch_op.alter_column('needs_review', server_default=None)
        batch_op.alter_column('returns', server_default=None)
        batch_op.alter_column('redone', server_default=None)
        batch_op.create_index('ix_ticket_assignee', ['assignee_id', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_alarm', ['alarm_at'], unique=False)
        batch_op.create_index('ix_ticket_department', ['department_id', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_kind', ['kind', 'what', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_ledger', ['division', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_master', ['master_id', 'id'], unique=False, postgresql_where=sa.text('master_id IS NOT NULL'), sqlite_where=sa.text('master_id IS NOT NULL'))
        batch_op.create_index('ix_ticket_open_assignee', ['assignee_id', 'rank', 'due_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"), sqlite_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"))
        batch_op.create_index('ix_ticket_open_department', ['department_id', 'rank', 'due_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"), sqlite_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"))
        batch_op.create_index('ix_ticket_open_division', ['division', 'rank', 'due_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"), sqlite_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"))
        batch_op.create_index('ix_ticket_open_due', ['rank', 'due_at', 'id'], unique=False, postgresql_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"), sqlite_where=sa.text("status IN ('accepted', 'assigned', 'handling', 'waiting')"))
        batch_op.create_index('ix_ticket_opened', ['opened_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_resolved', ['department_id', 'resolved_at', 'id'], unique=False, postgresql_where=sa.text("status = 'resolved'"), sqlite_where=sa.text("status = 'resolved'"))
        batch_op.create_index('ix_ticket_status', ['status', 'opened_at', 'id'], unique=False)
        batch_op.create_foreign_key(op.f('fk_ticket_department_id'), 'department', ['department_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_ticket_master_id'), 'ticket', ['master_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_ticket_reviewer_id'), 'staff', ['reviewer_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_ticket_resolver_id'), 'staff', ['resolver_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_ticket_assigned'), "status <> 'assigned' OR department_id IS NOT NULL")
        batch_op.create_check_constraint(op.f('ck_ticket_declined'), "status <> 'declined' OR result IS NOT NULL")
        batch_op.create_check_constraint(op.f('ck_ticket_master'), 'master_id <> id')
        batch_op.create_check_constraint(op.f('ck_ticket_merged'), "(status = 'merged') = (master_id IS NOT NULL)")
        batch_op.create_check_constraint(op.f('ck_ticket_outcome'), "outcome IN ('solved', 'explained', 'unsolvable', 'duplicate')")
        batch_op.create_check_constraint(op.f('ck_ticket_proof'), "proof IN ('photo', 'document', 'confirmation')")
        batch_op.create_check_constraint(op.f('ck_ticket_redone'), 'redone BETWEEN 0 AND 1')
        batch_op.create_check_constraint(op.f('ck_ticket_result'), "status NOT IN ('resolved', 'struck_off') OR (result IS NOT NULL AND resolved_at IS NOT NULL AND outcome IS NOT NULL AND resolver_id IS NOT NULL)")
        batch_op.create_check_constraint(op.f('ck_ticket_returns'), 'returns BETWEEN 0 AND 1')
        batch_op.create_check_constraint(op.f('ck_ticket_reviewer'), 'reviewer_id IS NULL OR reviewer_id <> resolver_id')
        batch_op.create_check_constraint(op.f('ck_ticket_status'), "status IN ('accepted', 'assigned', 'handling', 'waiting', 'resolved', 'struck_off', 'declined', 'merged')")
        batch_op.create_check_constraint(op.f('ck_ticket_struck_off'), "status <> 'struck_off' OR (proof IS NOT NULL AND struck_off_at IS NOT NULL AND (NOT needs_review OR reviewer_id IS NOT NULL))")
        batch_op.create_check_constraint(op.f('ck_ticket_waiting'), "(status = 'waiting') = (waiting_since IS NOT NULL)")
