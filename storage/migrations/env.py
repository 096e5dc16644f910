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
)
with context.begin_transaction():
    context.run_migrations()
