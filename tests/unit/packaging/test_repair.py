from environment import repair
from environment.stamp import Stamp


def test_emptying_keeps_lock_log_and_stamp(clone):
    (clone.folder / "lib" / "deep").mkdir(parents=True)
    outside = clone.root / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    (clone.folder / "lib64").symlink_to(outside)
    (clone.folder / "pyvenv.cfg").touch()
    for path in (clone.lock, clone.log, clone.stamp):
        path.touch()
    repair.empty(clone)
    assert sorted(path.name for path in clone.folder.iterdir()) == [
        "set-up.json",
        "set-up.lock",
        "set-up.log",
    ]
    assert (outside / "kept").exists()


def test_only_known_trouble_is_broken(clone):
    assert not repair.is_broken(clone, Stamp(clone.stamp))
    assert repair.is_broken(clone, Stamp(clone.stamp, unfinished="torch"))
    assert repair.is_broken(clone, Stamp(clone.stamp, {"python": "python3.11"}))


def test_scripts_are_pointed_at_the_new_place(clone):
    clone.scripts.mkdir(parents=True)
    script, other, binary = (clone.scripts / name for name in ("a", "b", "c"))
    script.write_text("#!/bin/sh\n'''exec' \"/old/.venv/bin/python\" \"$0\"\n/old/x\n")
    other.write_text("#!/older/.venv/bin/python\n")
    binary.write_bytes(b"\x7fELF /old/.venv/bin")
    repair.rewrite_scripts(clone, "/old")
    assert f'"{clone.root}/.venv/bin/python"' in script.read_text()
    assert "\n/old/x\n" in script.read_text()
    assert other.read_text() == "#!/older/.venv/bin/python\n"
    assert binary.read_bytes() == b"\x7fELF /old/.venv/bin"
