"""What the front door offers to those who run the house: one module a command."""
