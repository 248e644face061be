"""Tabs of the right column: 2 px of accent on top, the chosen one in semibold."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar

from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap

HEIGHT = 36
_PAD, _ICON, _GAP = 9, 16, 6


class PanelTabs(QTabBar):
    """A tab bar that paints itself, so that icon and text keep their distance."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._icons: list[str] = []
        self._idle = False
        self._tight = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        theme().changed.connect(self.updateGeometry)

    def add(self, text: str, image: str) -> None:
        """Add a tab with an icon of the set."""
        self._icons.append(image)
        self.addTab(text)

    def set_idle(self, idle: bool) -> None:
        """Mark none of them as chosen."""
        self._idle = idle
        self.update()

    def fit(self, width: int) -> None:
        """Leave the words of tabs that aren't chosen out where not all have room."""
        self._tight = False
        whole = sum(self.tabSizeHint(index).width() for index in range(self.count()))
        self._tight = whole > width
        for index in range(self.count()):
            self.setTabToolTip(index, self.tabText(index) if self._tight else "")
        self.setIconSize(QSize(_ICON + int(self._tight), _ICON))  # lays the tabs out anew
        self.updateGeometry()

    def _bare(self, index: int) -> bool:
        return self._tight and index != self.currentIndex()

    def tabSizeHint(self, index: int) -> QSize:
        if self._bare(index):
            return QSize(2 * _PAD + _ICON + 4, HEIGHT)
        metrics = QFontMetrics(self._font(True))
        text = metrics.horizontalAdvance(self.tabText(index))
        return QSize(_PAD + _ICON + _GAP + text + _PAD, HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            self._paint_tab(painter, index, self.tabRect(index))

    def _paint_tab(self, painter: QPainter, index: int, box: QRect) -> None:
        tokens = theme().current()
        chosen = index == self.currentIndex() and not self._idle
        tone = "tx" if chosen else "tx2"
        if chosen:
            painter.fillRect(box, tokens.color("panel"))
            painter.fillRect(box.x(), box.y(), box.width(), 2, tokens.color("acc"))
        middle = box.center().y() + 1
        image = pixmap(self._icons[index], tokens.hex(tone), _ICON, self.devicePixelRatioF())
        painter.drawPixmap(box.left() + _PAD, middle - _ICON // 2, image)
        if self._bare(index):
            return
        painter.setFont(self._font(chosen))
        painter.setPen(tokens.color(tone))
        place = box.adjusted(_PAD + _ICON + _GAP, 2, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.tabText(index))
        if chosen and self.hasFocus():
            pen = painter.pen()
            pen.setColor(tokens.color("acc"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(3, 5, -4, -4), 4, 4)

    def _font(self, chosen: bool) -> QFont:
        font = theme().font("control")
        if chosen:
            font.setWeight(font.Weight.DemiBold)
        return font
