"""The business, true with no computer at all: tickets, places, clocks, who is told what."""
