"""Pages without an account: what anybody may read who has the link."""
