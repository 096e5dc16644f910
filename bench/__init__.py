"""What this program costs, measured: `python -m bench [NAME...]`."""
