"""What people find, with an index and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from omx_wiki.errors import InvalidInputError
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("retry backoff", "retry-policy"),
        ("retries", "retry-policy"),
        ("backof", "retry-policy"),
        ("depoyment", "deployment"),
        ("runs", "deployment"),
        ("cafe zurich", "deployment"),
        ("E1234", "deployment"),
        ("C++", "cpp-notes"),
        ("C#", "cpp-notes"),
        ("config", "cpp-notes"),
        ("parse_config_file", "cpp-notes"),
        ("server error", "cpp-notes"),
        ("store.py", "cache-layout"),
        ("天気", "nihongo"),
        ('"exponential backoff"', "retry-policy"),
        ("expon*", "retry-policy"),
        ("how do we retry", "retry-policy"),
        ("cat", "animals"),
    ],
)
def test_the_page_meant_comes_first(searched: Wiki, text: str, slug: str) -> None:
    assert searched.found(text)[0] == slug


def test_a_whole_word_is_not_found_inside_of_another(searched: Wiki) -> None:
    assert searched.found("cat") == ["animals"]


def test_a_hit_tells_where_its_snippet_stands(searched: Wiki) -> None:
    hit = searched.search("backoff").hits[0]
    assert hit.line == 3
    assert hit.snippet == "The worker retries a failed job with exponential backoff."
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["backoff"]
    assert (hit.title, hit.path) == ("Retry policy", str(searched.folder / "retry-policy.md"))


def test_a_repeated_word_changes_nothing(searched: Wiki) -> None:
    assert searched.search("retry worker").hits == searched.search("retry worker retry RETRY worker").hits


def test_a_page_with_everything_is_no_relaxed_result(searched: Wiki) -> None:
    results = searched.search("worker backoff")
    assert (results.total, results.relaxed) == (1, False)


def test_a_query_that_no_page_fulfils_is_relaxed(searched: Wiki) -> None:
    results = searched.search("backoff containers")
    assert (results.total, results.relaxed) == (2, True)


def test_five_pages_with_everything_are_enough(tmp_path: Path) -> None:
    full = {f"full-{number}": "alpha and omega\n" for number in range(5)}
    wiki = Wiki(tmp_path / "many", {**full, "half": "alpha alpha alpha\n"})
    assert wiki.search("alpha omega").total == 5


def test_a_phrase_stands_side_by_side(searched: Wiki) -> None:
    searched.write("apart", "backoff is exponential\n")
    results = searched.search('"exponential backoff"')
    assert ([hit.page for hit in results.hits], results.relaxed) == (["retry-policy"], False)


def test_a_phrase_that_nobody_wrote_is_relaxed_to_its_words(searched: Wiki) -> None:
    results = searched.search('"backoff exponential"')
    assert ([hit.page for hit in results.hits], results.relaxed) == (["retry-policy"], True)
    assert "no page has the quoted words side by side" in results.notes


@pytest.mark.parametrize("text", ['"exponential bakoff"', '"backoff banana wombat"'])
def test_a_phrase_with_a_word_that_no_page_has_is_taken_apart(searched: Wiki, text: str) -> None:
    results = searched.search(text)
    assert results.hits[0].page == "retry-policy"
    assert (results.relaxed, results.complete) == (True, 0)
    assert results.notes[0] == f"no page has all words of {text}; searched for each of them"


def test_a_phrase_that_pages_have_is_not_said_to_be_missing(searched: Wiki) -> None:
    searched.write("apart", "kangaroo\n\nbackoff is exponential, exponential, and backoff is backoff\n")
    results = searched.search('"exponential backoff" wombat')
    assert ([hit.page for hit in results.hits], results.notes) == (["retry-policy"], ())
    both = searched.search('"exponential backoff" sat is')
    assert [hit.page for hit in both.hits] == ["retry-policy", "animals"]


def test_a_phrase_of_excluded_pages_is_said_to_be_in_no_other(searched: Wiki) -> None:
    searched.write("apart", "backoff is exponential\n")
    results = searched.search('"exponential backoff" -worker')
    assert [hit.page for hit in results.hits] == ["apart"]
    assert "no other page has the quoted words side by side" in results.notes
    assert "left out 1 page with 'worker'" in results.notes


def test_excluded_words_that_took_everything_away_are_named(searched: Wiki) -> None:
    results = searched.search("retry -job")
    assert (results.hits, results.notes) == ((), ("left out 1 page with 'job'",))


def test_a_page_with_a_guessed_word_has_not_what_was_asked_for(searched: Wiki) -> None:
    results = searched.search("depoyment")
    assert (results.total, results.complete, results.relaxed) == (1, 0, True)
    assert results.suggestion == "deployment"


@pytest.mark.parametrize(
    "condition", ["tag:grosse", "TAG:Größe", 'Tags:"GRÖSSE"', "page:uber", "Category:CAFE"]
)
def test_conditions_look_past_case_and_accents(searched: Wiki, condition: str) -> None:
    searched.write("über-uns", "---\ntitle: T\ntags: [Größe]\ncategory: Café\n---\nzebra\n")
    searched.write("other", "zebra\n")
    assert searched.found(f"zebra {condition}") == ["über-uns"]


@pytest.mark.parametrize(
    "condition", ["updated:>2026-1", "updated:foo", "updated:>2026-13", "updated:2026-01-32"]
)
def test_a_condition_without_a_date_is_said_to_be_words(searched: Wiki, condition: str) -> None:
    note = f"{condition!r} has no date such as 2026-01-31; searched for its words"
    assert note in searched.search(f"backoff {condition}").notes


def test_a_time_of_day_is_compared(searched: Wiki) -> None:
    searched.write("timed", "---\ntitle: T\nupdated: 2026-01-31T14:05:00Z\n---\nzebra\n")
    assert searched.found("zebra updated:2026-01-31T14:05") == ["timed"]
    assert searched.found("zebra updated:>=2026-01-31T15") == []
    assert searched.found("zebra", since="2026-01-31T14") == ["timed"]


def test_a_minus_leaves_pages_out(searched: Wiki) -> None:
    searched.write("retry-budget", "retry with a budget\n")
    assert searched.found("retry -backoff") == ["retry-budget"]


def test_a_mistyped_word_is_reported(searched: Wiki) -> None:
    assert searched.search("depoyment").notes == ("no page has 'depoyment'; searched for 'deployment'",)


def test_equal_pages_stand_newest_first_then_by_name(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "equal", {})
    for slug, age in (("b", 9000.0), ("a", 9000.0), ("c", 100.0)):
        wiki.write(slug, "zebra\n", age=age)
    stamps = dict.fromkeys("ab", "2026-01-01")
    for slug, stamp in stamps.items():
        wiki.write(slug, f"---\ntitle: x\nupdated: {stamp}\n---\nzebra\n", age=10**9)
    wiki.write("c", "---\ntitle: x\nupdated: 2026-02-01\n---\nzebra\n", age=10**9)
    assert wiki.found("zebra") == ["c", "a", "b"]


def test_session_pages_are_searched_on_request_only(searched: Wiki) -> None:
    searched.write("sessions/2026-01-01-fix", "# Fix\n\nretry kerfuffle\n")
    assert searched.found("kerfuffle") == []
    assert searched.found("kerfuffle", sessions=True) == ["sessions/2026-01-01-fix"]


def test_filters_narrow(searched: Wiki) -> None:
    searched.write(
        "tagged",
        "---\ntitle: T\ntags: [Ops, net]\ncategory: decision\nupdated: 2026-03-04\n---\nretry\n",
        age=10**9,
    )
    for options in (
        {"tags": ("ops", "NET")},
        {"category": "Decision"},
        {"category": "decision", "since": "2026-03"},
    ):
        assert searched.found("retry", **options) == ["tagged"], options
    assert searched.found("retry", tags=("ops", "ui")) == []
    assert "tagged" not in searched.found("retry", since="2026-03-05")


def test_the_limit_bounds_hits_but_not_the_total(searched: Wiki) -> None:
    for number in range(30):
        searched.write(f"zebra-{number}", "zebra\n")
    results = searched.search("zebra", limit=3)
    assert (len(results.hits), results.total) == (3, 30)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_query_is_an_error(wiki: Wiki, text: str) -> None:
    with pytest.raises(InvalidInputError):
        wiki.search(text)


@pytest.mark.parametrize("text", ["!?", '""', "-", "* *", "—"])
def test_punctuation_alone_finds_nothing_and_says_so(wiki: Wiki, text: str) -> None:
    results = wiki.search(text)
    assert (results.hits, results.notes) == ((), ("no searchable words",))


def test_only_excluded_words_find_nothing_and_say_so(wiki: Wiki) -> None:
    assert wiki.search("-retry").notes == ("only excluded words",)


@pytest.mark.parametrize("options", [{"limit": 0}, {"since": "yesterday"}])
def test_senseless_options_are_errors(wiki: Wiki, options: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        wiki.search("retry", **options)


def test_a_query_of_function_words_searches_them(searched: Wiki) -> None:
    assert searched.found("under until") == ["cache-layout"]


def test_a_page_whose_title_alone_matches_shows_its_first_line(searched: Wiki) -> None:
    hit = searched.search("animals").hits[0]
    assert hit.page == "animals"


def test_the_one_page_with_every_word_stands_before_pages_with_many_of_one(tmp_path: Path) -> None:
    pages = {f"device-{number}": "# Device\n\ndevice device\n" for number in range(3)}
    pages |= {f"farm-{number}": "# Farm\n\nfarm farm\n" for number in range(3)}
    pages |= {f"other-{number}": "nothing\n" for number in range(20)}
    pages["rack"] = f"---\ntitle: Rack\ntags: [device farm]\n---\ndevice {'filler ' * 300} farm\n"
    wiki = Wiki(tmp_path / "farms", pages)
    results = wiki.search("device farm")
    assert (results.hits[0].page, results.relaxed, results.total) == ("rack", False, 7)
    assert dict(results.hits[0].reasons)["all words"] > 0


def test_a_word_of_everyday_speech_tells_less_than_one_of_the_trade(searched: Wiki) -> None:
    searched.write("a", "notice the migration\n")
    searched.write("b", "notice the yesterday\n")
    assert searched.found("yesterday migration") == ["a", "b"]
    assert searched.found("yesterday") == ["b"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("HttpServerErr", "cpp-notes"),
        ("http_server_err", "cpp-notes"),
        ("parse_conf", "cpp-notes"),
        ("parseConfigFil", "cpp-notes"),
        ("src/cache/sto", "cache-layout"),
        ("expone", "retry-policy"),
    ],
)
def test_an_identifier_cut_short_is_found_and_said_to_be_short(
    searched: Wiki, text: str, begins: str
) -> None:
    results = searched.search(text)
    assert results.hits[0].page == begins
    assert results.notes == (f"no page has {text.lower()!r}; searched for what begins so",)
    assert (results.suggestion, results.relaxed) == ("", False)
    assert results.hits[0].marks


@pytest.mark.parametrize("text", ["HttpServerXyz", "nothing_here", "zzz_err", "Err"])
def test_nothing_is_made_of_an_identifier_that_does_not_go_on_so(searched: Wiki, text: str) -> None:
    assert searched.search(text).notes == ()


@pytest.mark.parametrize(
    ("written", "beginning"),
    [
        ("notifications", "notificat*"),
        ("migration", "migratio*"),
        ("configuration", "configurat*"),
        ("generalizations", "generalizat"),
        ("retries", "retrie*"),
        ("Trying", "tryi*"),
        ("ties", "tie*"),
        ("usefulness", "usefulne*"),
    ],
)
def test_a_beginning_is_one_of_words_as_they_are_written(
    tmp_path: Path, written: str, beginning: str
) -> None:
    pages = {"begun": f"Here stands {written} once.\n", "other": "Notes, tires, migrants and configs.\n"}
    wiki = Wiki(tmp_path / "written", pages)
    scanned = wiki.found(beginning)
    wiki.refresh()
    assert scanned == wiki.found(beginning) == ["begun"]


def test_a_letter_of_a_script_without_blanks_is_found_where_a_run_goes_on(searched: Wiki) -> None:
    searched.write("alone", "東 stands alone.\n")
    searched.write("other", "西\n")
    assert set(searched.found("東")) == {"nihongo", "alone"}
    assert searched.found("天") == ["nihongo"]
    assert searched.found("stands -東") == []
    assert "東" in {hit.snippet[slice(*hit.marks[0])][0] for hit in searched.search("東").hits}


def test_a_word_that_exists_is_not_continued(searched: Wiki) -> None:
    searched.write("containerization", "containerization\n")
    assert searched.found("container") == ["deployment"]


def test_a_common_word_is_not_taken_for_a_mistyped_one(searched: Wiki) -> None:
    searched.write("typo", "guest\n")
    assert (searched.found("guess"), searched.found("guost")) == ([], ["typo"])


@pytest.mark.parametrize(
    "written", ["dead-letter-queue", "dead_letter_queue", "DeadLetterQueue", "dead.letter.queue"]
)
def test_a_phrase_is_found_as_an_identifier(searched: Wiki, written: str) -> None:
    searched.write("joined", f"See {written} there.\n")
    searched.write("apart", "The queue of the dead has a letter.\n")
    results = searched.search('"Dead letter queue"')
    assert ([hit.page for hit in results.hits], results.relaxed) == (["joined"], False)
    assert results.hits[0].marks


def test_an_excluded_phrase_is_excluded_as_an_identifier(searched: Wiki) -> None:
    searched.write("joined", "See dead-letter there.\n")
    searched.write("apart", "A letter to the dead.\n")
    assert searched.found('letter -"dead letter"') == ["apart"]


def test_a_session_log_among_the_pages_stands_behind_a_page_like_it(wiki: Wiki) -> None:
    for slug, category in (("a", "session-log"), ("b", "reference")):
        wiki.write(slug, f"---\ntitle: T\ncategory: {category}\n---\nzebra\n")
    assert wiki.found("zebra") == ["b", "a"]


def test_no_beginning_is_made_of_a_word_in_pages_that_are_gone(searched: Wiki) -> None:
    (searched.folder / "cpp-notes.md").unlink()
    results = searched.search("parse_config_fi")
    assert (results.hits, results.notes) == ((), ())
