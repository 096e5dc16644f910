"""Rule packs: may I pass, do I need a pass; policy as dated, cited data, decided exactly, with what is not yet known.

`written` is the shape of a pack's file, `shelf` finds those that hold on a day at a place, `compiled` turns them into
boxes that do not overlap, and `verdicts` answers from the facts known so far.
"""
