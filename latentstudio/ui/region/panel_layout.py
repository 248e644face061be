"""Rows and paddings of the region panel."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget


def line(left: QWidget, middle: QWidget | None, right: QWidget, stretch: int = 0) -> QHBoxLayout:
    """Something at the left, something at the right, and perhaps something between."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(left)
    if middle is None:
        row.addStretch(1)
    else:
        row.addWidget(middle, stretch)
    row.addWidget(right)
    return row


def padded(what: QWidget | QLayout) -> QWidget:
    """With the panel's margins."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(12, 10, 12, 10)
    if isinstance(what, QWidget):
        column.addWidget(what)
    else:
        column.addLayout(what)
    return box
