"""Every command of the window in one table: menus, palette and the shortcut sheet read it."""

from functools import partial

from PySide6.QtGui import QKeySequence

from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.command_parts import CommandParts
from latentstudio.ui.window.command_row import Keys, Row
from latentstudio.ui.window.region_commands import region_rows

Std = QKeySequence.StandardKey


def command_rows(w: CommandParts) -> tuple[Row, ...]:
    """The table, bound to what its commands act on."""
    return (
        *_file(w),
        *_edit(w),
        *_canvas(w),
        *_compare(w),
        *_directions(w),
        *region_rows(w),
        *_view(w),
        *_help(w),
    )


def _file(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("File")
    return (
        Row("open", menu, tr("Open model…"), w.opening.ask, (Std.Open,), "box"),
        Row("models", menu, tr("Models…"), w.library.show_models, ("Ctrl+Shift+O",), "folder-open"),
        Row(
            "open-project",
            menu,
            tr("Open project…"),
            w.projects.ask,
            ("Ctrl+Alt+O",),
            "folder-open",
            apart=True,
        ),
        Row("save", menu, tr("Save"), w.projects.save, (Std.Save,), "save", needs_model=True),
        Row(
            "save-as",
            menu,
            tr("Save as…"),
            w.projects.save_as,
            ("Ctrl+Shift+S",),
            "save",
            needs_model=True,
        ),
        Row(
            "open-image",
            menu,
            tr("Open image…"),
            w.photo.ask,
            ("Ctrl+Shift+P",),
            "image",
            needs_model=True,
            apart=True,
        ),
        Row(
            "paste",
            menu,
            tr("Paste image"),
            w.photo.paste,
            (Std.Paste,),
            "download",
            needs_model=True,
        ),
        Row(
            "export",
            menu,
            tr("Export picture…"),
            w.edits.export_picture,
            ("Ctrl+E",),
            "share",
            needs_model=True,
            apart=True,
        ),
        Row(
            "batch",
            menu,
            tr("Edits on many pictures…"),
            w.batch.ask,
            icon="grid-3x3",
            needs_model=True,
        ),
        Row(
            "close",
            menu,
            tr("Close model"),
            w.close_model,
            ("Ctrl+W",),
            "x",
            needs_model=True,
            apart=True,
        ),
        Row("quit", menu, tr("Quit"), w.close, ("Ctrl+Q",)),
    )


def _edit(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("Edit")
    redo: Keys = (Std.Redo, "Ctrl+Shift+Z", "Ctrl+Y")
    recall = tr("Recall snapshot")
    shots = tuple(
        Row(
            f"recall-{n}",
            f"{menu}/{recall}",
            tr("Recall snapshot %1").replace("%1", str(n)),
            partial(w.edits.recall, n - 1),
            (str(n),),
            "image",
            needs_model=True,
            listed=False,
        )
        for n in range(1, 10)
    )
    return (
        Row("undo", menu, tr("Undo"), w.history.undo, (Std.Undo,), "undo-2"),
        Row("redo", menu, tr("Redo"), w.history.redo, redo, "redo-2"),
        Row(
            "copy",
            menu,
            tr("Copy picture"),
            w.edits.copy_picture,
            (Std.Copy,),
            "image",
            needs_model=True,
            apart=True,
        ),
        Row(
            "seed",
            menu,
            tr("New seed"),
            w.edits.new_seed,
            ("R",),
            "dices",
            needs_model=True,
            apart=True,
        ),
        Row(
            "snapshot",
            menu,
            tr("Take snapshot"),
            w.edits.take_snapshot,
            ("Ctrl+D",),
            "camera",
            needs_model=True,
        ),
        Row("recall", menu, recall, gesture=("1", tr("to"), "9")),
        *shots,
        Row(
            "find",
            menu,
            tr("Find a command…"),
            w.finder.open_palette,
            ("Ctrl+K",),
            "search",
            apart=True,
        ),
        Row("plugins", menu, tr("Plugins…"), w.library.show_plugins, (), "blend"),
        Row(
            "settings",
            menu,
            tr("Settings…"),
            w.settings.open_settings,
            ("Ctrl+,",),
            "sliders-horizontal",
            apart=True,
        ),
        Row("change-keys", menu, tr("Change shortcuts…"), w.settings.open_keys, (), "keyboard"),
    )


def _canvas(w: CommandParts) -> tuple[Row, ...]:
    menu, view = tr("Canvas"), w.canvas.view
    return (
        Row("pan", menu, tr("Pan"), gesture=(tr("Space drag"), tr("or"), tr("Middle drag"))),
        Row("zoom-wheel", menu, tr("Zoom at the pointer"), gesture=(tr("Wheel"),)),
        Row("fit", menu, tr("Fit"), view.fit, ("Ctrl+0",), "scan"),
        Row("one", menu, tr("One to one"), lambda: view.set_zoom(1.0), ("Ctrl+1",), "square"),
        Row(
            "zoom-in",
            menu,
            tr("Zoom in"),
            lambda: view.step_zoom(1),
            ("+", "=", "Ctrl++", "Ctrl+="),
            "plus",
        ),
        Row("zoom-out", menu, tr("Zoom out"), lambda: view.step_zoom(-1), ("-", "Ctrl+-"), "minus"),
        Row("pixels", menu, tr("Show pixels"), w.toggle_pixels, (), "grid-3x3", checkable=True),
        Row("hand", menu, tr("Hand tool"), lambda: w.set_tool("hand"), ("H",), "hand", apart=True),
        Row("zoom", menu, tr("Zoom tool"), lambda: w.set_tool("zoom"), ("Z",), "zoom-in"),
        Row(
            "snap-back",
            menu,
            tr("Snap back to the shell"),
            w.snap.go,
            ("Ctrl+B",),
            "undo-dot",
            needs_model=True,
            apart=True,
        ),
        Row(
            "stay",
            menu,
            tr("Stay on shell"),
            w.edits.toggle_stay,
            ("Ctrl+Shift+B",),
            "orbit",
            checkable=True,
            needs_model=True,
        ),
    )


def _compare(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("Canvas")
    return (
        Row(
            "original",
            menu,
            tr("Show the original"),
            w.hold.begin,
            ("\\",),
            "eye",
            needs_model=True,
            gesture=(tr("hold \\"),),
            apart=True,
        ),
        Row(
            "compare",
            menu,
            tr("Compare"),
            w.compare.toggle,
            ("C",),
            "columns-2",
            checkable=True,
            needs_model=True,
        ),
        Row(
            "swap",
            menu,
            tr("Swap before and after"),
            w.compare.swap,
            (),
            "arrow-left-right",
            needs_model=True,
        ),
        Row(
            "variations",
            menu,
            tr("Variations"),
            w.variations.toggle,
            ("V",),
            "grid-3x3",
            checkable=True,
            needs_model=True,
        ),
        Row(
            "breed",
            menu,
            tr("Breed two pictures"),
            w.breed.toggle,
            ("Ctrl+Shift+V",),
            "blend",
            checkable=True,
            needs_model=True,
        ),
    )


def _directions(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("Directions")
    return (
        Row("search", menu, tr("Search directions"), w.left.focus_search, ("Ctrl+F",), "search"),
        Row("reset", menu, tr("Reset all"), w.edits.reset_all, (), "rotate-ccw", needs_model=True),
        Row(
            "by-example",
            menu,
            tr("By example"),
            w.example.toggle,
            (),
            "list-checks",
            checkable=True,
            needs_model=True,
        ),
        Row(
            "sheet",
            menu,
            tr("Sheet of directions"),
            w.sheet.toggle,
            (),
            "grid-3x3",
            checkable=True,
            needs_model=True,
        ),
        Row(
            "save-preset",
            menu,
            tr("Save preset…"),
            w.presets.ask_save,
            icon="save",
            needs_model=True,
            apart=True,
        ),
        Row(
            "add-directions",
            menu,
            tr("Add directions…"),
            w.opening.ask_directions,
            icon="plus",
            needs_model=True,
        ),
        Row(
            "add-paths",
            menu,
            tr("Add a folder of WarpedGANSpace…"),
            w.opening.ask_paths,
            needs_model=True,
        ),
        Row("step", menu, tr("Step 0.1"), gesture=("←", "→")),
        Row("page", menu, tr("Step 1.0"), gesture=(tr("Page Up"), tr("Page Down"))),
        Row("fine", menu, tr("Fine drag"), gesture=(tr("Shift drag"),)),
        Row("zero", menu, tr("Back to zero"), gesture=(tr("Double-click"), tr("or"), "0")),
        Row("solo", menu, tr("Solo, mute"), gesture=("Alt S", "Alt M")),
    )


def _view(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("View")
    themes, sizes = "/".join((menu, tr("Theme"))), "/".join((menu, tr("Text size")))
    look, scale = w.preferences.set_theme, w.preferences.set_text_scale
    return (
        Row(
            "show-density",
            menu,
            tr("Density"),
            lambda: w.show_panel("density"),
            icon="activity",
        ),
        Row("show-region", menu, tr("Region"), lambda: w.show_panel("region"), icon="brush"),
        Row(
            "show-discover", menu, tr("Discover"), lambda: w.show_panel("discover"), icon="sparkles"
        ),
        Row("show-presets", menu, tr("Presets"), lambda: w.show_panel("presets"), icon="bookmark"),
        Row("show-model", menu, tr("Model"), lambda: w.show_panel("model"), icon="box"),
        Row("show-jobs", menu, tr("Jobs"), lambda: w.show_panel("jobs"), icon="list-checks"),
        Row(
            "hide",
            menu,
            tr("Hide panels"),
            w.toggle_panels,
            ("F9",),
            "expand",
            checkable=True,
            apart=True,
        ),
        Row(
            "dark",
            themes,
            tr("Dark theme"),
            lambda: look("dark"),
            icon="contrast",
            checkable=True,
            apart=True,
        ),
        Row(
            "light",
            themes,
            tr("Light theme"),
            lambda: look("light"),
            icon="contrast",
            checkable=True,
        ),
        Row(
            "system",
            themes,
            tr("Theme of the system"),
            lambda: look("system"),
            icon="contrast",
            checkable=True,
        ),
        *(
            Row(
                f"text-{n}",
                sizes,
                tr("Text at %1 %").replace("%1", str(n)),
                partial(scale, n),
                checkable=True,
            )
            for n in (100, 110, 125, 150)
        ),
        Row("motion", menu, tr("Reduce motion"), w.preferences.toggle_motion, checkable=True),
        Row("next-pane", menu, tr("Next panel"), lambda: w.go_pane(1), ("F6",), apart=True),
        Row("previous-pane", menu, tr("Previous panel"), lambda: w.go_pane(-1), ("Shift+F6",)),
    )


def _help(w: CommandParts) -> tuple[Row, ...]:
    menu = tr("Help")
    return (
        Row("keys", menu, tr("Keyboard shortcuts"), w.finder.open_sheet, ("F1",), "keyboard"),
        Row("log", menu, tr("Open log"), w.finder.open_log, (), "list-filter", apart=True),
        Row("about", menu, tr("About LatentStudio"), w.finder.open_about, (), "info"),
    )
