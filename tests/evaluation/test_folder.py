"""What is wrong with a folder is said with the file, the vignette and the field."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from referrals.cli import main
from referrals.evaluation.folder import Unusable, opened, taxonomy_beside_ours
from tests.evaluation.small import TAXONOMY, VIGNETTE, written


def changed(**said: Any) -> list[dict[str, Any]]:
    return [{**deepcopy(VIGNETTE), **said}]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"taxonomy": None}, "taxonomy.json is missing"),
        ({"directory": None}, "directory.json is missing"),
        ({"vignettes": None}, "vignettes.json is missing"),
        ({"vignettes": "[{"}, "vignettes.json is broken, line 1"),
        ({"vignettes": []}, "no list of vignettes, or an empty one"),
        ({"vignettes": {"id": "v1"}}, "no list of vignettes"),
        ({"vignettes": ["v1"]}, "entry 1: this is no vignette"),
        ({"directory": {"services": []}}, "directory.json: this is no list of services"),
        ({"taxonomy": []}, "taxonomy.json: there is no “taxonomies”"),
        ({"vignettes": changed(asked_on="soon")}, "vignette v1: “asked_on” must be a date"),
        ({"vignettes": changed(needs=[])}, "vignette v1: a client and at least one need"),
        ({"vignettes": changed(expect=None)}, "vignette v1: there is no “expect”"),
        ({"vignettes": changed(expect={})}, "vignette v1, need n1: nothing is expected of it"),
        ({"vignettes": changed(expect={"n1": {"grades": {"near": 3}}})}, "near is no id of a service"),
        ({"vignettes": changed(expect={"n1": {"grades": {"00000000-0000-0000-0000-000000000001": 9}}})}, "from 0 to 3"),
    ],
)
def test_a_broken_folder_says_what_is_wrong(tmp_path: Path, files: dict[str, Any], said: str) -> None:
    with pytest.raises(Unusable, match=re.escape(said)):
        opened(written(tmp_path, **files))


def test_the_command_says_it_in_a_sentence_before_anything_is_made(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["evaluate", str(tmp_path / "nowhere"), "--json"])
    assert answer.exit_code == 1
    assert "is no folder" in answer.output
    assert "Traceback" not in answer.output


def test_terms_of_the_folder_stand_beside_ours_parents_first(tmp_path: Path) -> None:
    file = taxonomy_beside_ours(opened(written(tmp_path)), tmp_path / "both.json")
    text = file.read_text(encoding="utf-8")
    assert '"physiotherapy"' in text
    assert text.index('"code": "kites"') < text.index('"code": "kite-repair"')


def test_a_tree_that_bites_its_tail_is_refused(tmp_path: Path) -> None:
    bent = deepcopy(TAXONOMY)
    bent["taxonomies"]["need"]["terms"][1]["parent"] = "kite-repair"
    with pytest.raises(Unusable, match="the parent of"):
        taxonomy_beside_ours(opened(written(tmp_path, taxonomy=bent)), tmp_path / "both.json")
