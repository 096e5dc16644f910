"""published documents, their clauses, and the words by which a clause is found"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = '0005'
down_revision = '0004'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('document',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('slug', AutoString(), nullable=False),
    sa.Column('title', AutoString(), nullable=False),
    sa.Column('title_key', AutoString(), nullable=False),
    sa.Column('number', AutoString(), nullable=True),
    sa.Column('issuer', AutoString(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('division', AutoString(), nullable=True),
    sa.Column('note', AutoString(), nullable=True),
    sa.Column('changed_at', UTCDateTime(), nullable=False),
    sa.Column('withdrawn_at', UTCDateTime(), nullable=True),
    sa.Column('withdrawn_by', ID, autoincrement=False, nullable=True),
    sa.Column('withdrawn_why', AutoString(), nullable=True),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdrawn_why IS NULL)', name=op.f('ck_document_withdrawn')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['staff.id'], name=op.f('fk_document_withdrawn_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('slug', name=op.f('uq_document_slug')),
    )
    op.create_index('ix_document_title_key', 'document', ['title_key'])
    op.create_index('ix_document_number', 'document', ['number'])
    op.create_table('edition',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('document_id', ID, autoincrement=False, nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('source', AutoString(), nullable=False),
    sa.Column('hash', AutoString(), nullable=False),
    sa.Column('title', AutoString(), nullable=False),
    sa.Column('number', AutoString(), nullable=True),
    sa.Column('issuer', AutoString(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('since', UTCDateTime(), nullable=False),
    sa.Column('until', UTCDateTime(), nullable=True),
    sa.Column('taken_by', ID, autoincrement=False, nullable=True),
    sa.CheckConstraint("source IN ('digest', 'full')", name=op.f('ck_edition_source')),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_edition_span')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_edition_document_id')),
    sa.ForeignKeyConstraint(['taken_by'], ['staff.id'], name=op.f('fk_edition_taken_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition')),
    sa.UniqueConstraint('document_id', 'serial', name=op.f('uq_edition_document_id_serial')),
    )
    op.create_index('ix_edition_current', 'edition', ['document_id'], unique=True,
        postgresql_where=sa.text('until IS NULL'), sqlite_where=sa.text('until IS NULL'))
    op.create_table('clause',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('edition_id', ID, autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    *(sa.Column(name, AutoString(), nullable=False) for name in ('anchor', 'path', 'trail', 'heading', 'text', 'duty')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_clause_edition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clause')),
    sa.UniqueConstraint('edition_id', 'anchor', name=op.f('uq_clause_edition_id_anchor')),
    sa.UniqueConstraint('edition_id', 'place', name=op.f('uq_clause_edition_id_place')),
    )
    op.create_table('clause_words',
    sa.Column('clause_id', ID, autoincrement=False, nullable=False),
    sa.Column('document_id', ID, autoincrement=False, nullable=False),
    *(sa.Column(name, AutoString(), nullable=False) for name in ('head', 'body', 'about')),
    sa.ForeignKeyConstraint(['clause_id'], ['clause.id'], name=op.f('fk_clause_words_clause_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_clause_words_document_id')),
    sa.PrimaryKeyConstraint('clause_id', name=op.f('pk_clause_words')),
    )
    op.create_index('ix_clause_words_document_id', 'clause_words', ['document_id'])
    op.create_table('clause_gram',
    sa.Column('gram', AutoString(), nullable=False),
    sa.Column('clause_id', ID, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['clause_id'], ['clause.id'], name=op.f('fk_clause_gram_clause_id')),
    sa.PrimaryKeyConstraint('gram', 'clause_id', name=op.f('pk_clause_gram')),
    )
    op.create_index('ix_clause_gram_clause_id', 'clause_gram', ['clause_id'])


def downgrade() -> None:
    for table in ('clause_gram', 'clause_words', 'clause', 'edition', 'document'):
        op.drop_table(table)
