"""The handbook says what is true: alarms, commands, paths, and sums."""

from __future__ import annotations

import re

from tests.sandbox.application import PROJECT
from tests.sandbox.template import load_template

HANDBOOK = (PROJECT / ".chalice" / "README.md").read_text(encoding="utf-8")
RESOURCES = load_template()["Resources"]


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables of one section."""
    section = HANDBOOK.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_alarm_of_the_template_has_an_entry_in_the_runbook_and_no_other() -> None:
    entries = [cells[0].strip("`") for cells in rows("Runbook") if cells[0].startswith("`")]
    alarms = [name for name, body in RESOURCES.items() if body["Type"] == "AWS::CloudWatch::Alarm"]
    assert sorted(entries) == sorted(alarms)


def test_every_alarm_tells_somebody_and_says_what_it_means() -> None:
    for name, body in RESOURCES.items():
        if body["Type"] == "AWS::CloudWatch::Alarm":
            assert body["Properties"]["AlarmActions"] == [{"Ref": "Operations"}], name
            assert body["Properties"]["TreatMissingData"] == "notBreaching", name
            assert body["Properties"]["AlarmDescription"].endswith("."), name


def test_every_make_target_named_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`]+`", HANDBOOK, re.DOTALL)
    named = {target for text in code for target in re.findall(r"(?:^|[`\n])make ([a-z-]+)", text)}
    assert {"deploy", "destroy", "replay", "redrive", "bench", "vendors"} <= named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_every_path_named_exists() -> None:
    named = set(re.findall(r"`((?:chalicelib|tests|docker|vendor_configs|\.chalice)/[\w./-]*)`", HANDBOOK))
    assert ".chalice/stack.yaml" in named
    assert {path for path in named if not (PROJECT / path).exists()} == set()


def test_the_parameters_named_are_those_of_the_template() -> None:
    named = set(re.findall(r'PARAMETERS="(\w+)=', HANDBOOK)) | {"InvoicesBucketName", "LambdaArtifactsBucketName"}
    assert {"AlarmEmail", "PushPlatformApplicationArn"} <= named
    assert named <= set(load_template()["Parameters"])


def test_the_costs_add_up() -> None:
    priced = [cells for cells in rows("Costs") if len(cells) == 5 and re.fullmatch(r"[\d.]+", cells[1])]
    priced = [cells for cells in priced if re.fullmatch(r"\d+\.\d\d", cells[4])]
    assert len(priced) >= 10
    for name, quantity, price, per, stated in priced:
        assert abs(float(quantity) * float(price) / float(per) - float(stated)) <= 0.0051, name
    [total] = [cells[4] for cells in rows("Costs") if cells[0] == "in all"]
    assert round(sum(float(cells[4]) for cells in priced), 2) == float(total)


def test_the_counts_that_costs_rest_on_add_up() -> None:
    counted = [cells for cells in rows("Costs") if cells[-1].endswith(" R")]
    written = sum(float(cells[1]) * float(cells[2]) for cells in counted)
    read = sum(float(cells[1]) * float(cells[3]) for cells in counted)
    assert f"That is {written:.0f} write and {read:.0f} read units" in HANDBOOK
