"""Filed trips, from the filing to the way back."""
