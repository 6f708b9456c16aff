"""What is in ``dist/`` after products were published."""

import json
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest

from cvtools.build.publish import is_intact, publish


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Path]:
    """Return two products, which are not published yet."""
    (tmp_path / "dist").mkdir()
    names = ("html/talks/a.html", "cv.txt")
    for path in (paths := [tmp_path / "build/dist" / name for name in names]):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Words")
    return dict(zip(names, paths, strict=True))


def files(project: Path) -> set[str]:
    names = {str(path.relative_to(project / "dist")) for path in (project / "dist").rglob("*") if path.is_file()}
    return names - {".cvtools.json"}


def test_publish_copies_what_has_changed(made: dict[str, Path], tmp_path: Path) -> None:
    assert publish(tmp_path, made) == []
    assert files(tmp_path) == made.keys()
    before = {name: (tmp_path / "dist" / name).stat().st_ino for name in made}
    made["cv.txt"].write_text("Other words")
    publish(tmp_path, made)
    assert [name for name in made if (tmp_path / "dist" / name).stat().st_ino != before[name]] == ["cv.txt"]
    assert (tmp_path / "dist/cv.txt").read_text() == "Other words"


def test_publish_removes_what_it_published_and_nothing_else(made: dict[str, Path], tmp_path: Path) -> None:
    publish(tmp_path, made)
    (tmp_path / "dist/html/mine.html").write_text("Mine")
    assert publish(tmp_path, {}) == []
    assert files(tmp_path) == {"html/mine.html"}
    assert not (tmp_path / "dist/html/talks").exists()


def test_product_that_was_changed_stays_and_is_named_until_it_is_deleted(made: dict[str, Path], tmp_path: Path) -> None:
    publish(tmp_path, made)
    (tmp_path / "dist/cv.txt").write_text("Words of mine")
    for _ in range(2):
        assert publish(tmp_path, {}) == ["cv.txt"]
        assert not is_intact(tmp_path)
    (tmp_path / "dist/cv.txt").unlink()
    assert publish(tmp_path, {}) == []


def test_product_with_the_time_of_an_earlier_one_is_published(made: dict[str, Path], tmp_path: Path) -> None:
    for words in ("Words", "Wards"):
        made["cv.txt"].write_text(words)
        os.utime(made["cv.txt"], (1, 1))
        publish(tmp_path, made)
        assert (tmp_path / "dist/cv.txt").read_text() == words


def test_copy_with_other_times_is_published_anew(made: dict[str, Path], tmp_path: Path) -> None:
    publish(tmp_path, made)
    assert is_intact(tmp_path)
    for name in made:
        os.utime(tmp_path / "dist" / name, (1, 1))
    assert not is_intact(tmp_path)
    assert publish(tmp_path, {"cv.txt": made["cv.txt"]}) == []
    assert files(tmp_path) == {"cv.txt"}
    assert is_intact(tmp_path)


def test_products_of_another_folder_build_are_not_intact(made: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "build/state.json").write_text("of today")
    publish(tmp_path, made)
    assert is_intact(tmp_path)
    (tmp_path / "build/state.json").write_text("of yesterday, restored from a cache")
    assert not is_intact(tmp_path)


def test_what_a_killed_build_was_copying_goes(made: dict[str, Path], tmp_path: Path) -> None:
    def kill(source: Path, target: Path) -> None:
        target.write_text("Wor")
        os._exit(9)

    def publish_and_die() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shutil, "copy2", kill)
            publish(tmp_path, made)

    process = multiprocessing.get_context("fork").Process(target=publish_and_die)
    process.start()
    process.join()
    assert files(tmp_path) == {"html/talks/.a.html.new"}
    publish(tmp_path, {"cv.txt": made["cv.txt"]})
    assert files(tmp_path) == {"cv.txt"}


@pytest.mark.parametrize("damage", ["", "{}", "x\n[]", "\\ud800"])
def test_files_stay_where_the_record_is_damaged(made: dict[str, Path], tmp_path: Path, damage: str) -> None:
    publish(tmp_path, made)
    (tmp_path / "dist/.cvtools.json").write_text(damage)
    assert not is_intact(tmp_path)
    publish(tmp_path, {})
    assert files(tmp_path) == made.keys()


def test_record_leads_to_no_file_outside_of_dist(made: dict[str, Path], tmp_path: Path) -> None:
    publish(tmp_path, made)
    outside = tmp_path / "outside"
    outside.write_text("mine")
    names = {"../outside": "", str(outside): ""}
    (tmp_path / "dist/.cvtools.json").write_text(json.dumps({"build": "", "products": names}))
    publish(tmp_path, {})
    assert outside.exists()
