"""facilities are found by division, closures by facility"""

from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_index('ix_facility_division', 'facility', ['division'])
    op.create_index('ix_closure_facility', 'closure', ['facility_id', 'id'])
