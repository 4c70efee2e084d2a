"""The tokenizer: what a word is, and what the index knows it by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.search.analysis import normal, terms, word_spans, words
from omx_wiki.search.camel_case import pieces
from omx_wiki.search.matching import WordTerms
from omx_wiki.search.request import parse_request
from omx_wiki.search.stem import stem
from search.patterns import pieces_by_pattern, words_by_pattern

SCRAPS = st.sampled_from(
    [
        *(
            "parse_config",
            "HttpError2",
            "os.path",
            "C++",
            "C#",
            "--dry-run",
            "don't",
            "v1.2",
            "E1234",
            "a/b.py",
        ),
        *("std::x", "日本語", "ภาษา", "हिन्दी", "naïve", "İ", "ß", "ﬁ", "e\u0301", "\ufe0f", "\ud800", "\0"),
        *("'", "*", '"', "-", "--", "---", "::", ":::", "++", "#", "½", "’"),  # noqa: RUF001
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(st.one_of(SCRAPS, st.text(max_size=4)), max_size=8).map(" ".join)
)
WORDS = st.text("aeioubdfglmnrstyz", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parse_config_file", {"parse_config_file", "pars", "config", "file"}),
        ("HttpServerError2", {"httpservererror2", "http", "server", "error"}),
        ("os.path.join", {"os.path.join", "os", "path", "join"}),
        ("src/app/main.py", {"src/app/main.py", "src", "app", "main", "py"}),
        ("retry-policy", {"retry-policy", "retri", "polici"}),
        ("E1234 v1.2.3 2.10", {"e1234", "1234", "v1.2.3", "2.10", "10"}),
        ("C++ C# --dry-run", {"c++", "c#", "--dry-run", "dry", "run"}),
        ("naïve Straße CAFÉ", {"naiv", "strass", "cafe"}),
        ("日本語 日", {"日本", "本語", "日"}),
        ("Python入門", {"python", "入門"}),
        ("हिन्दी", {"हिन्दी"}),
        ("user's don't", {"user", "dont"}),
        ("DevOps devops", {"devop", "dev", "op"}),
        ("foo.bar()", {"foo.bar", "foo", "bar"}),
        ("…—„“", set()),
    ],
)
def test_terms_are_wholes_and_parts(text: str, expected: set[str]) -> None:
    assert {term for word in words(text) for term in terms(word)} == expected


@given(TEXTS)
def test_any_text_has_words_that_stand_where_they_are_said_to(text: str) -> None:
    text = normal(text)
    spans = list(word_spans(text))
    assert [word for _, word in spans] == words(text)
    assert all(text[at : at + len(word)] == word for at, word in spans)
    assert all(term and term.encode() for word in words(text) for term in terms(word))


@settings(max_examples=500)
@given(TEXTS)
def test_words_are_those_of_the_patterns(text: str) -> None:
    text = normal(text)
    assert list(word_spans(text)) == words_by_pattern(text)


@settings(max_examples=500)
@given(st.one_of(TEXTS, st.text("aAbBZ09_é½日\u0301", max_size=12)))
def test_pieces_are_those_of_the_pattern(text: str) -> None:
    for word in words(normal(text)):
        assert pieces(word) == pieces_by_pattern(word)


@given(TEXTS)
def test_a_query_asks_for_terms_that_the_same_text_has(text: str) -> None:
    indexed = {term for word in words(normal(text)) for term in terms(word)}
    for clause in parse_request(text).wanted:
        if not clause.prefix:
            assert set(clause.terms) <= indexed


@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_looking_for_some_terms_finds_what_full_analysis_finds(wanted: list[str], text: str) -> None:
    sought = {term for each in wanted for word in words(normal(each)) for term in terms(word)}
    word_terms = WordTerms({term: term for term in sought})
    for word in words(normal(text)):
        assert word_terms[word] == tuple(term for term in terms(word) if term in sought)


@given(WORDS)
def test_every_word_is_found_by_its_own_stem(word: str) -> None:
    assert WordTerms({stem(word): "it"})[word] == ("it",)


@given(WORDS.filter(lambda word: len(word) > 2))
def test_stems_are_porters(word: str) -> None:
    stemmers = pytest.importorskip("snowballstemmer")
    departures = ("bli", "logi", "logy", "bly", "blies", "logies")
    if not any(ending in word for ending in departures):
        assert stem(word) == stemmers.stemmer("porter").stemWord(word)


@pytest.mark.parametrize(
    ("words_", "expected"),
    [
        ("retry retries retried retrying", {"retri"}),
        ("deploy deploys deployed deployment deploying", {"deploi", "deploy"}),
        ("run runs running", {"run"}),
        ("configure configuration configured", {"configur"}),
        ("possibly possible", {"possibl"}),
        ("topology topological", {"topolog"}),
    ],
)
def test_forms_of_a_word_meet(words_: str, expected: set[str]) -> None:
    assert {stem(word) for word in words_.split()} <= expected
