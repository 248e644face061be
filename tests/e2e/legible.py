"""Texts of a window that are cut without a tip that has all of them."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QToolButton, QWidget

SLACK = 1  # px: sizes are rounded


def cut_texts(window):
    """Sentences, one for each label or button that can be seen and not be read."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QLabel | QPushButton | QToolButton) or not widget.isVisible():
            continue
        if not widget.text().strip() or _tip(widget):
            continue
        lost = _lost(widget) or _beyond(widget, window)
        if lost:
            kind, text = type(widget).__name__, widget.text()
            found.append(f"{kind} {text!r} in {_place(widget)}: {lost}")
    return found


def _tip(widget):
    """Its own tip, or that of the thing it is a part of."""
    while widget is not None and not widget.isWindow():
        if widget.toolTip():
            return widget.toolTip()
        widget = widget.parentWidget()
    return ""


def _lost(widget):
    """Pixels that the text lacks."""
    if isinstance(widget, QToolButton) and not _shows_text(widget):
        return ""
    wrapped = isinstance(widget, QLabel) and widget.wordWrap()
    if wrapped:
        gap = widget.heightForWidth(widget.width()) - widget.height()
        return f"{gap} px too low" if gap > SLACK else ""
    gap = widget.sizeHint().width() - widget.width()
    return f"{gap} px too narrow" if gap > SLACK else ""


def _shows_text(button):
    from PySide6.QtCore import Qt

    return button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly or (
        button.icon().isNull()
    )


def _beyond(widget, window):
    """How far it reaches sideways out of something it stands in; scrolling sideways is no cut."""
    part = widget.parentWidget()
    while part is not None and part is not window:
        left = widget.mapTo(part, QPoint(0, 0)).x()
        gap = max(-left, left + widget.width() - part.width())
        if gap > SLACK:
            return f"{gap} px beyond {type(part).__name__}"
        area = part.parentWidget()
        if isinstance(area, QScrollArea) and area.horizontalScrollBar().maximum():
            return ""
        part = area
    return ""


def _place(widget):
    names = []
    while widget is not None and not widget.isWindow() and len(names) < 4:
        widget = widget.parentWidget()
        names.append(type(widget).__name__)
    return " < ".join(names)
