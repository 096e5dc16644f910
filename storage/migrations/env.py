"""Alembic's entry: runs on the connection that was handed over."""

from alembic import context
from sqlmodel import SQLModel

import storage.models

assert storage.models
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=lambda name, kind, _: kind != "table" or not str(name).startswith("ticket_words_fts"),
)
with context.begin_transaction():
    context.run_migrations()
