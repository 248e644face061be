"""Which rows are listed, under which headers."""

from latentstudio.document import commands
from latentstudio.document.state import Document
from latentstudio.evaluate.agreement import Agreement
from latentstudio.ui.directions.rows import Group, Item, RowFilter, build_rows, chips
from tests.ui import fakes

FOUND = fakes.direction_set(sefa=3, ganspace=2).directions


def shown(doc=None, **wanted):
    rows = build_rows(FOUND, doc or Document(), RowFilter(**wanted))
    return [row.title if isinstance(row, Group) else row.id for row in rows]


def after(*done):
    doc = Document()
    for command in done:
        doc = command.apply(doc)
    return doc


def test_directions_are_grouped_by_source_in_the_methods_order():
    assert shown() == [
        "GANSpace, whole image",
        "ganspace-0",
        "ganspace-1",
        "SeFa, layers 0–3",
        "sefa-0",
        "sefa-1",
        "sefa-2",
    ]


def test_a_folded_group_keeps_its_header_and_count():
    rows = build_rows(FOUND, Document(), RowFilter(folded=frozenset({"SeFa, layers 0–3"})))
    assert rows[-1] == Group("SeFa, layers 0–3", "SeFa, layers 0–3", 3, True)
    assert sum(isinstance(row, Item) for row in rows) == 2


def test_search_finds_names_and_sources_even_in_folded_groups():
    doc = after(commands.rename_direction("sefa-1", "Dark hair"))
    assert shown(doc, text="HAIR", folded=frozenset({"SeFa, layers 0–3"}))[1:] == ["sefa-1"]
    assert shown(doc, text="sefa 1")[1:] == ["sefa-1"]
    assert shown(doc, text="ganspace")[1:] == ["ganspace-0", "ganspace-1"]
    assert shown(doc, text="nothing") == []


def test_in_use_pinned_and_methods_filter():
    doc = after(
        commands.set_amount("sefa-2", 1.0),
        commands.set_muted("ganspace-1", True),
        commands.pin_direction("ganspace-0", True),
    )
    assert shown(doc, chip="in-use")[1::2] == ["ganspace-1", "sefa-2"]
    assert shown(doc, chip="pinned")[1:] == ["ganspace-0"]
    assert shown(doc, chip="method:sefa")[1:] == ["sefa-0", "sefa-1", "sefa-2"]
    assert shown(doc)[:3] == ["Pinned", "ganspace-0", "GANSpace, whole image"]
    assert shown(doc).count("ganspace-0") == 1


def test_by_name_uses_the_artists_names():
    doc = after(
        commands.rename_direction("sefa-2", "apple"), commands.rename_direction("sefa-0", "Zebra")
    )
    assert shown(doc, order="name", chip="method:sefa")[1:] == ["sefa-2", "sefa-1", "sefa-0"]


def test_chips_name_the_methods_and_count_what_is_in_use():
    texts = [text for _, text in chips(FOUND, Document())]
    assert texts == ["All", "In use", "Pinned", "PCA", "SeFa"]
    doc = after(commands.set_amount("sefa-2", 1.0), commands.set_amount("of another model", 1.0))
    assert chips(FOUND, doc)[1] == ("in-use", "In use 1")


def test_by_agreement_what_most_methods_found_comes_first_and_repeats_last():
    agreement = {
        "sefa-2": Agreement(("sefa", "ganspace", "dp-lase"), ("ganspace-1", "dp-lase-0")),
        "sefa-1": Agreement(("sefa", "ganspace"), ("ganspace-1",), duplicate_of="sefa-0"),
        "ganspace-1": Agreement(("ganspace", "sefa"), ("sefa-2",)),
    }
    rows = build_rows(FOUND, Document(), RowFilter(order="agreement"), agreement)
    ids = [row.id for row in rows if isinstance(row, Item)]
    assert ids == ["sefa-2", "sefa-0", "sefa-1", "ganspace-1", "ganspace-0"]
