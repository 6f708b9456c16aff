"""The benchmark runs; what it finds depends on the machine."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("plot")


def test_bar_chart_is_valid_svg(module: object) -> None:
    bars = module.bars  # type: ignore[attr-defined]
    root = ET.fromstring(bars("Seconds", [("cvtools: a & b", 1.0), ("other", 2.5)]))
    widths = [float(rect.get("width", "0")) for rect in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert widths[0] / widths[1] == pytest.approx(0.4, abs=0.01)
    assert ET.fromstring(bars("None", [])).tag.endswith("svg")


def test_help_names_the_options() -> None:
    done = subprocess.run(
        [sys.executable, "run.py", "--help"],
        cwd=BENCHMARKS,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--rounds" in done.stdout
