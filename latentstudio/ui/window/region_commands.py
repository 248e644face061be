"""Commands of the region menu: tools, brush, mask."""

from functools import partial

from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.command_parts import CommandParts
from latentstudio.ui.window.command_row import Row


def region_rows(w: CommandParts) -> tuple[Row, ...]:
    """The rows, bound to what they act on."""
    return (*_tools(w), *_brush(w), *_mask(w))


def _tools(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("Region")
    tools = (
        ("brush", tr("Brush"), "B", "brush"),
        ("eraser", tr("Eraser"), "E", "eraser"),
        ("lasso", tr("Lasso"), "L", "lasso"),
        ("box", tr("Box"), "M", "square-dashed"),
        ("ellipse", tr("Ellipse"), "Shift+M", "circle"),
        ("fill", tr("Fill"), "G", "droplet"),
    )
    return tuple(
        Row(id, menu, words, partial(w.set_tool, id), (key,), image, needs_model=True)
        for id, words, key, image in tools
    )


def _brush(w: CommandParts) -> tuple[Row, ...]:
    menu, resize = tr("Region"), w.region.resize_brush
    sizes = (
        ("smaller", tr("Smaller brush"), "[", -1),
        ("larger", tr("Larger brush"), "]", 1),
        ("smaller-10", tr("Smaller brush by ten"), "Shift+[", -10),
        ("larger-10", tr("Larger brush by ten"), "Shift+]", 10),
    )
    keys = {"smaller-10": ("Shift+[", "{"), "larger-10": ("Shift+]", "}")}
    rows = tuple(
        Row(
            id,
            menu,
            words,
            partial(resize, by),
            keys.get(id, (key,)),
            needs_model=True,
            apart=id == "smaller",
        )
        for id, words, key, by in sizes
    )
    swap = tr("Add or subtract")
    return (
        *rows,
        Row("swap-brush", menu, swap, w.region.swap, ("X",), "arrow-left-right", needs_model=True),
        Row("other-way", menu, tr("The other way round"), gesture=(tr("Alt drag"),)),
    )


def _mask(w: CommandParts) -> tuple[Row, ...]:
    menu, apply, panel = tr("Region"), w.region.apply, w.region_panel
    changes = (
        ("grow", tr("Grow mask"), "expand"),
        ("shrink", tr("Shrink mask"), "shrink"),
        ("snap", tr("Snap to edges"), "magnet"),
        ("mirror", tr("Mirror mask"), ""),
        ("all-mask", tr("Paint all"), ""),
        ("clear-mask", tr("Clear mask"), ""),
    )
    return (
        Row(
            "invert",
            menu,
            tr("Invert mask"),
            partial(apply, "invert"),
            ("Ctrl+Shift+I",),
            "contrast",
            needs_model=True,
            apart=True,
        ),
        *(
            Row(
                id,
                menu,
                words,
                partial(apply, id.removesuffix("-mask")),
                icon=image,
                needs_model=True,
            )
            for id, words, image in changes
        ),
        Row(
            "hold-direction",
            menu,
            tr("Hold the direction to the region"),
            lambda: w.region.hold(w.current_direction()),
            needs_model=True,
            apart=True,
        ),
        Row("new-mask", menu, tr("New mask"), w.region.new_region, (), "plus", needs_model=True),
        Row(
            "read-mask",
            menu,
            tr("Mask from a picture…"),
            panel.files.ask_read,
            icon="folder-open",
            needs_model=True,
            apart=True,
        ),
        Row(
            "save-mask", menu, tr("Save mask…"), panel.files.ask_save, (), "save", needs_model=True
        ),
    )
