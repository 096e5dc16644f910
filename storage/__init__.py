"""SQL and tables: shapes, constraints and queries; no decisions."""
