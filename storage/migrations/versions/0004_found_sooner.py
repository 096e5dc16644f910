"""facilities are found by division, closures by facility, tickets by source and outcome"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_index('ix_facility_division', 'facility', ['division'])
    op.create_index('ix_closure_facility', 'closure', ['facility_id', 'id'])
    op.create_index('ix_ticket_source', 'ticket', ['source', 'opened_at', 'id'])
    op.create_index('ix_ticket_event_actor', 'ticket_event', ['actor', 'id'])
    unseen = sa.text("status = 'resolved' AND needs_review AND reviewer_id IS NULL")
    op.create_index(
        'ix_ticket_review', 'ticket', ['division', 'opened_at', 'id'], postgresql_where=unseen, sqlite_where=unseen
    )
    ended = sa.text('outcome IS NOT NULL')
    op.create_index('ix_ticket_outcome', 'ticket', ['outcome', 'opened_at', 'id'], postgresql_where=ended, sqlite_where=ended)
