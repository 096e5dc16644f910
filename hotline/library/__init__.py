"""The policy library: published documents, cleaned, split into clauses, kept by edition, and found by a question."""
