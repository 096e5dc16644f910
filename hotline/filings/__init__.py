"""Trips that are filed before arrival (提前报备, 货车畅行码): one truck, one code, from the filing to the way back."""
