"""Our JSON is that of the standard library."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from omx_wiki_cli.plain_json import dumps

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(VALUES)
def test_the_text_is_the_same(value: object) -> None:
    assert dumps(value) == json.dumps(value, ensure_ascii=False, indent=2)
