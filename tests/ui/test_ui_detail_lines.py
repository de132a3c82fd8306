from costtui.panes.spec import Detail, Line, Section
from costtui.ui.detail_lines import laid_out
from costtui.ui.text import cells


def text_of(detail: Detail, width: int) -> list[str]:
    return ["".join(text for text, _ in entry.spans) for entry in laid_out(detail, width)]


BILL = Section(
    "Bill",
    (
        Line(("Requests", "88,214,003", "17.64"), behind=lambda: Detail("x")),
        Line(("持续时间", "3,197,757.6", "53.30")),
        Line(("Total", "", "70.94")),
    ),
    head=("Meter", "Quantity", "Cost $"),
    widths=(20, 0, 9),
    right=frozenset({1, 2}),
    note="without discounts, Savings Plans and tax",
)


def test_numbers_stand_below_each_other() -> None:
    lines = text_of(Detail("t", sections=(BILL,)), 78)
    assert lines[:5] == [
        "Bill",
        "  Meter        Quantity  Cost $",
        "  Requests   88,214,003   17.64 ›",
        "  持续时间  3,197,757.6   53.30",
        "  Total                   70.94",
    ]


def test_a_narrow_section_is_cut_and_its_note_wrapped() -> None:
    lines = text_of(Detail("t", sections=(BILL,)), 30)
    assert all(cells(line) <= 30 for line in lines)
    assert lines[2] == "  Requests  88,214,…   17.64 ›"
    assert lines[-2:] == ["  without discounts, Savings", "  Plans and tax"]


def test_facts_share_a_line_where_there_is_room() -> None:
    detail = Detail("t", facts=(("Where", "prod"), ("Memory", "256 MB"), ("ARN", "arn:" + "x" * 80), ("Last", "one")))
    assert text_of(detail, 118)[:2] == [
        "Where   prod" + " " * 47 + "Memory  256 MB" + " " * 45,
        "ARN     arn:" + "x" * 80,
    ]
    narrow = text_of(detail, 60)
    assert narrow[:2] == ["Where   prod", "Memory  256 MB"]
    assert "".join(line[8:] for line in narrow[2:-1]) == "arn:" + "x" * 80
    assert all(cells(line) <= 60 for line in narrow)


def test_hostile_text_stays_literal() -> None:
    detail = Detail("t", facts=(("a\x1b[31m", "b\x07\nc"),), sections=(Section("s\x1b", (Line(("\x1b[2J",)),)),))
    text = "\n".join(text_of(detail, 80))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "␛[2J" in text


def test_the_cursor_stops_at_lines_not_at_gaps() -> None:
    entries = laid_out(Detail("t", facts=(("a", "b"),), sections=(BILL, BILL)), 80)
    stops = [entry.stops for entry in entries]
    assert stops == [True, False, False, False, True, True, True, True, False, False, False, True, True, True, True]
    assert sum(entry.behind is not None for entry in entries) == 2


def test_sections_without_lines_or_head() -> None:
    assert text_of(Detail("t", sections=(Section("Nothing", ()),)), 80) == ["Nothing"]
    assert text_of(Detail("t"), 80) == []


WORDS = Section(
    "Saving",
    (
        Line(("with the free tier", "0.00", "if the function were alone in its account")),
        Line(("list price", "10.66", ""), behind=lambda: Detail("x")),
    ),
    widths=(20, 8, 0),
    right=frozenset({1}),
)


def test_words_at_the_end_that_do_not_fit_stand_below_their_line() -> None:
    entries = laid_out(Detail("t", sections=(WORDS,)), 48)
    assert ["".join(text for text, _ in entry.spans).rstrip() for entry in entries] == [
        "Saving",
        "  with the free tier   0.00",
        "    if the function were alone in its account",
        "  list price          10.66                    ›",
    ]
    assert [entry.number for entry in entries] == [-1, 0, 0, 1], "what explains a line explains its words too"
    assert text_of(Detail("t", sections=(WORDS,)), 80)[1].endswith("if the function were alone in its account")


def test_a_sentence_alone_is_wrapped_and_one_without_an_end_is_cut() -> None:
    alone = Section("Versions", (Line(("its versions were not asked for; each may have a size of its own",)),))
    assert text_of(Detail("t", sections=(alone,)), 40)[1:] == ["  its versions were not asked for;", "  each may have a size of its own"]
    endless = Section("s", (Line(("a", "b" * 1000)),), widths=(4, 0))
    lines = text_of(Detail("t", sections=(endless,)), 40)
    assert len(lines) == 2 + 4
    assert lines[-1].endswith("b…")
    assert all(cells(line) <= 40 for line in lines)
