"""Pages for firms and drivers in the browser: apply, passes, batches, the firm; the same contact as in the web chat."""
