"""Words: gettext catalogues per language, and what turns a key with facts into a sentence."""
