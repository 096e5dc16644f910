"""Pages for firms, as a browser without JavaScript has them."""
