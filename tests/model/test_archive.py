"""A saved model is settled: same members, same order, nothing of the moment or of the memory."""

import json
import zipfile

from reportgen.model.archive import settle_archive


def saved(path, minute, base):
    """What Keras might write: two places share an object, a third has one of its own."""
    policy = [{"class_name": "DTypePolicy", "shared_object_id": base + step} for step in (7, 0, 7)]
    config = {"class_name": "Functional", "config": {"layers": policy}}
    members = {
        "metadata.json": json.dumps({"keras_version": "3.9.0", "date_saved": f"2026-01-01@00:{minute}:00"}),
        "config.json": json.dumps(config),
        "model.weights.h5": bytes(range(256)) * 4000,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, minute, 0)), content)
    return path


def test_one_network_saved_twice_is_one_file(tmp_path):
    for number, (minute, base) in enumerate(((10, 140074325506832), (59, 94000000))):
        settle_archive(saved(tmp_path / "draft", minute, base), tmp_path / f"{number}.keras")
    assert (tmp_path / "0.keras").read_bytes() == (tmp_path / "1.keras").read_bytes()


def test_what_is_one_object_stays_one_and_all_else_stays_as_it_was(tmp_path):
    draft = saved(tmp_path / "draft", 10, 94000000)
    settle_archive(draft, tmp_path / "settled")
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(tmp_path / "settled") as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        assert {member.date_time for member in new.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(new.read("metadata.json")) == {"keras_version": "3.9.0"}
        layers = json.loads(new.read("config.json"))["config"]["layers"]
        assert [layer["shared_object_id"] for layer in layers] == [1, 2, 1]
        assert new.read("model.weights.h5") == old.read("model.weights.h5")
