"""search

The words of the tickets that are there already: `python -m bot reindex`.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'

FTS = (
    "CREATE VIRTUAL TABLE ticket_words_fts USING fts5"
    " (grams, content='ticket_words', content_rowid='ticket_id', tokenize='ascii')",
    "CREATE TRIGGER ticket_words_added AFTER INSERT ON ticket_words BEGIN"
    " INSERT INTO ticket_words_fts (rowid, grams) VALUES (new.ticket_id, new.grams); END",
    "CREATE TRIGGER ticket_words_gone AFTER DELETE ON ticket_words BEGIN"
    " INSERT INTO ticket_words_fts (ticket_words_fts, rowid, grams) VALUES ('delete', old.ticket_id, old.grams); END",
    "CREATE TRIGGER ticket_words_changed AFTER UPDATE ON ticket_words BEGIN"
    " INSERT INTO ticket_words_fts (ticket_words_fts, rowid, grams) VALUES ('delete', old.ticket_id, old.grams);"
    " INSERT INTO ticket_words_fts (rowid, grams) VALUES (new.ticket_id, new.grams); END",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.create_table('ticket_words',
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('grams', sa.Text() if is_sqlite else postgresql.ARRAY(sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_words_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_words'))
    )
    if is_sqlite:
        for statement in FTS:
            op.execute(statement)
    op.create_index('ix_ticket_words_grams', 'ticket_words', ['grams'], unique=False, postgresql_using='gin', sqlite_where=sa.text('ticket_id IS NULL'))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("DROP TABLE ticket_words_fts")
    op.drop_table('ticket_words')
