"""what is soon due, raised, declined in a county or unsolvable by source is found without walking past the rest"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

OPEN = "status IN ('accepted', 'assigned', 'handling', 'waiting')"


def upgrade() -> None:
    for name, columns, where in (
        ('ix_ticket_soon', ['division', 'due_at', 'id'], f'{OPEN} AND warned_at IS NOT NULL'),
        ('ix_ticket_raised', ['division', 'due_at', 'id'], f'{OPEN} AND level >= 2'),
        (
            'ix_ticket_outcome_source',
            ['outcome', 'source', 'opened_at', 'id', 'division', 'named'],
            'outcome IS NOT NULL',
        ),
    ):
        op.create_index(name, 'ticket', columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
    op.create_index('ix_ticket_standing', 'ticket', ['division', 'status', 'opened_at', 'id'])
