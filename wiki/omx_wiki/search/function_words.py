"""English words that carry no topic; dropped from queries, never from the index."""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
    a about after again all also am an and any anyone anything are as at be because been before
    being both but by can cannot could did do does doing done each either else every for from get
    gets getting give got had has have having he her here him his how i if in into is it its itself
    just know let like made make makes many may me might more most much must my need needs no nor
    not of off on once one only onto or other our out over own please same shall she should show so
    some something such tell than that the their them then there these they this those through to
    too under until up upon us use used uses using very want wants was way we were what when where
    whether which while who whom whose why will with within without would you your
    """.split()  # noqa: SIM905 - a list of 160 quoted words is hard to read
)
