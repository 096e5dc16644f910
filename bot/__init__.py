"""The machinery: it would serve a pizza shop unchanged, and knows no truck, pass or ticket."""
