"""Passes (通行证): one truck, one pass, one route; from the application to the last day, and every check on the way."""
