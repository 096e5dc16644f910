"""The doors: what a driver, a firm, a clerk, a partner system or the clock may ask for."""
