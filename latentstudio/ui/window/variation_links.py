"""Joins the pages that lie on the canvas with the rest of the window, one at a time."""

from PySide6.QtCore import QObject

from latentstudio.ui.strip.snapshot_menu import NOW
from latentstudio.ui.window.bars import Bars
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.window_parts import WindowParts


class VariationLinks(QObject):
    """One of the pages, or none, lies on the canvas; messages lie above it."""

    def __init__(self, parts: WindowParts, bars: Bars, centre: Centre, side: Side) -> None:
        super().__init__(parts.canvas)
        self._parts, self._bars, self._centre = parts, bars, centre
        parts.variations.opened.connect(self._variations)
        parts.breed.opened.connect(self._breeding)
        parts.example.opened.connect(self._example)
        parts.sheet.opened.connect(self._sheet)
        parts.canvas.moved.connect(self._raise)
        parts.variations_page.told.connect(parts.status.job.say_idle)
        parts.strip.bred.connect(parts.breed.open)
        parts.strip.compared.connect(self._compare)
        parts.compare.changed.connect(self._compared)
        for page in (parts.variations_page, parts.example_page, parts.sheet):
            side.cover_changed.connect(page.set_cover)

    def _variations(self, opened: bool) -> None:
        if opened:
            self._close_others("variations")
        self._centre.show_variations(opened)
        self._bars.actions["variations"].setChecked(opened)
        self._focus(opened)

    def _breeding(self, opened: bool) -> None:
        if opened:
            self._close_others("breed")
        self._bars.actions["breed"].setChecked(opened)
        self._focus(opened)

    def _example(self, opened: bool) -> None:
        if opened:
            self._close_others("example")
        self._bars.actions["by-example"].setChecked(opened)
        self._focus(opened)

    def _sheet(self, opened: bool) -> None:
        if opened:
            self._close_others("sheet")
        self._bars.actions["sheet"].setChecked(opened)
        self._focus(opened)

    def _close_others(self, but: str) -> None:
        """Close every page but one, and end a comparison."""
        parts = self._parts
        self._end_comparison()
        for name, close in (
            ("variations", parts.variations.close),
            ("breed", parts.breed.close_page),
            ("example", parts.example.cancel),
            ("sheet", parts.sheet.close_page),
        ):
            if name != but:
                close()

    def _compared(self) -> None:
        """A comparison is seen on the canvas: nothing lies over it."""
        if self._parts.compare.on:
            parts = self._parts
            parts.variations.close()
            parts.breed.close_page()
            parts.example.cancel()
            parts.sheet.close_page()

    def _end_comparison(self) -> None:
        if self._parts.compare.on:
            self._parts.compare.toggle()

    def _focus(self, opened: bool) -> None:
        if opened:
            self._raise()
        else:
            self._parts.canvas.view.setFocus()

    def _raise(self) -> None:
        parts = self._parts
        for page in (parts.variations_page, parts.breed, parts.example_page, parts.sheet):
            page.raise_()
        self._parts.toasts.place()

    def _compare(self, first: int, second: int) -> None:
        """Show the second beside the first; the first stands before."""
        if second != NOW:
            self._parts.edits.recall(second)
        compare = self._parts.compare
        self._parts.variations.close()
        self._parts.breed.close_page()
        compare.set_source(first + 1)
        if not compare.on:
            compare.toggle()
