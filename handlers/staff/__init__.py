"""The hotline console: one route table, one module a noun."""
