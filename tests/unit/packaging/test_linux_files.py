import configparser
from xml.etree import ElementTree

MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def test_the_desktop_entry_knows_the_file_types(root):
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(root / "packaging/linux/latentstudio.desktop")
    types = ElementTree.parse(root / "packaging/linux/latentstudio.xml").getroot()
    named = [kind.get("type") for kind in types.iter(f"{MIME}mime-type")]
    assert entry["Desktop Entry"]["MimeType"].strip(";").split(";") == named
    assert entry["Desktop Entry"]["Exec"].split()[0] == "latentstudio"


def test_the_file_types_are_ours(root):
    types = ElementTree.parse(root / "packaging/linux/latentstudio.xml").getroot()
    assert [glob.get("pattern") for glob in types.iter(f"{MIME}glob")] == ["*.lstudio", "*.lpreset"]
