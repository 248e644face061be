"""Shows the controls as the component sheets do, to compare with the eye. Not a test.

Run ``python -m tests.ui.gallery [dark|light] [large] [picture.png]``.
"""

import sys

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.render.messages import Band
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.chip import ChipRow
from latentstudio.ui.widgets.job_item import JobItem
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.layer_strip import LayerStrip
from latentstudio.ui.widgets.meter import Meter
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.plain_slider import PlainSlider
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.strength_slider import StrengthSlider
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import signed
from latentstudio.workers.job_list import JobInfo
from tests.ui import fakes

BAND = Band((-4.1, 3.2), (-7.0, 5.4))
LAYERS = (1, 1.6, 2.3, 2.6, 3.5, 5.5, 8.6, 11.3, 7.6, 4.8, 3, 2.4, 1.4, 1.2, 1.2, 1, 1, 0.6)


def sliders() -> tuple[QWidget, dict[str, StrengthSlider]]:
    """Every state of the strength slider."""
    page, made = QWidget(), {}
    grid = QGridLayout(page)
    grid.setVerticalSpacing(12)
    lines = (
        ("Rest", 0.0, BAND, False),
        ("Moved", 1.4, BAND, False),
        ("Drag", 1.4, BAND, False),
        ("Focus", 1.4, BAND, False),
        ("Beyond the band", 4.6, BAND, False),
        ("No shell left here", 2.0, Band(None, (-1.5, 2.6)), False),
        ("Stay on shell is on", 4.6, BAND, True),
        ("Disabled", 0.0, BAND, False),
    )
    for row, (name, amount, band, safe) in enumerate(lines):
        slider = StrengthSlider()
        slider.show_amount(amount)
        slider.set_band(band, all_safe=safe)
        slider.setEnabled(name != "Disabled")
        slider.asked.connect(lambda value, _, s=slider: s.show_amount(value))
        value = label(signed(amount), "label")
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label(name, "label", "tx2"), row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(value, row, 2)
        made[name] = slider
    grid.setColumnMinimumWidth(0, 130)
    grid.setColumnMinimumWidth(2, 40)
    grid.setColumnStretch(1, 1)
    return page, made


def small() -> QWidget:
    """Buttons, fields, toggles, chips, meters, layers, jobs."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setSpacing(14)
    normal, primary = (
        text_button("Snapshot", "camera", kind=""),
        text_button("Export", kind="primary"),
    )
    off = text_button("Redo", "redo-2", kind="")
    off.setEnabled(False)
    column.addLayout(line(normal, primary, off, icon_button("pin", "Pin")))
    fields = [NumericField("Directions", 2, 100, whole=True) for _ in range(2)]
    fields[0].show_value(59)
    fields[1].edit.setText("250")
    fields[1].edit.returnPressed.emit()
    column.addLayout(line(*fields))
    on = Toggle("On")
    on.show_on(True)
    choices = Segmented([("a", "Hold"), ("b", "Split"), ("c", "Side by side")])
    choices.show_choice("b")
    column.addLayout(line(Toggle("Off"), on, choices))
    chips = ChipRow()
    chips.set_chips([("all", "All"), ("pinned", "Pinned"), ("sefa", "SeFa")])
    column.addWidget(chips)
    for state, words in (
        ("on", "farther out than 86 of 100"),
        ("edge", "farther out than 99 of 100"),
        ("off", "1 in 900 lies this far out"),
    ):
        meter = Meter(in_line=True)
        meter.show_state(state, words)
        column.addWidget(meter)
    strip = LayerStrip()
    strip.show_layers(LAYERS, 8.6)
    column.addWidget(strip)
    plain = PlainSlider("Truncation", 0.0, 1.2, 1.0)
    plain.show_number(0.7)
    column.addWidget(plain)
    for job in (
        JobInfo(1, "Finding directions", 0.6, "2 min left", "running"),
        JobInfo(2, "Saving walk.png"),
        JobInfo(3, "PCA, 10 000 samples", 1.0, "", "done"),
        JobInfo(4, "Open my_net.pkl", 0.1, "", "failed", "It needs a weights file."),
    ):
        column.addWidget(JobItem(job))
    column.addStretch(1)
    return page


def line(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, at the left."""
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignTop)
    row.addStretch(1)
    return row


def directions() -> DirectionsColumn:
    """The left column with everything known."""
    history, client = History(Document()), fakes.FakeClient()
    column = DirectionsColumn(history, client)
    found = fakes.direction_set(sefa=8, ganspace=4)
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(found)
    client.reference_ready.emit(fakes.curve())
    for id, name in (
        ("ganspace-0", "Overcast"),
        ("ganspace-1", "Turn head"),
        ("sefa-1", "Dark hair"),
    ):
        history.do(commands.rename_direction(id, name))
    history.do(commands.set_amount("ganspace-0", 1.4))
    history.do(commands.set_amount("sefa-1", 0.6))
    history.do(commands.pin_direction("sefa-2", True))
    ids = [d.id for d in found.directions]
    client.bands_ready.emit(history.document.picture, fakes.bands(ids))
    for id in ids:
        for count in (3, 7):
            client.film_ready.emit(history.document.picture, fakes.film(id, count))
    return column


def main() -> None:
    """Show the sheet, or save a picture of it."""
    app = QApplication.instance() or QApplication([])
    theme().set_choice("light" if "light" in sys.argv else "dark")
    theme().set_text_scale(1.5 if "large" in sys.argv else 1.0)
    window = QWidget()
    window.resize(1300, 840)
    row = QHBoxLayout(window)
    page, made = sliders()
    left = QVBoxLayout()
    left.addWidget(page)
    left.addStretch(1)
    column = directions()
    column.setFixedWidth(344)
    row.addLayout(left, 1)
    row.addWidget(column)
    row.addWidget(small(), 1)
    window.show()
    app.processEvents()
    drag = made["Drag"]
    at = [QPoint(round(drag.track().x(v)), 11) for v in (1.4, 2.0, 2.3)]
    QTest.mousePress(drag, Qt.MouseButton.LeftButton, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(drag, point)
    made["Focus"].setFocus()
    QTest.qWait(200)
    pictures = [name for name in sys.argv[1:] if name.endswith(".png")]
    if pictures:
        window.grab().save(pictures[0])
    else:
        app.exec()


if __name__ == "__main__":
    main()
