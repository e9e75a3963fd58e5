"""What is wrong with files: refused or repaired, each with a line that says so, and nothing else lost."""

import json
import os
import resource
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from referrals.exchange import files, reasons, table
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.files import MOST_FILES
from referrals.exchange.plain import tidy
from referrals.exchange.report import Report
from referrals.exchange.stream import LONGEST as LONGEST_RECORD
from referrals.exchange.table import LONGEST as LONGEST_ROW
from referrals.kit.i18n import speak
from tests.exchange.packages import folder, service, tables, text
from tests.exchange.reading import read

HEAD = "id,organization_id,name,description,status\n"


def _services(folder: Path, rows: str | bytes) -> Path:
    (folder / "organizations.csv").write_text("id,name\n7,Harbour House\n")
    content = rows if isinstance(rows, bytes) else (HEAD + rows).encode()
    (folder / "services.csv").write_bytes(content)
    return folder


def _zip(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables().items():
            archive.writestr(f"{name}.csv", text(rows))
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _json(folder: Path, content: Any) -> Path:
    path = folder / "directory.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("encoding", "called"),
    [("cp1252", "Windows-1252"), ("latin-1", "Windows-1252"), ("mac_roman", "Mac Roman"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16")],
)  # fmt: skip
def test_other_letters_are_read_and_told(tmp_path: Path, encoding: str, called: str) -> None:
    rows = (HEAD + "71,7,Épicerie solidaire,« Café » à côté du marché,active\n").replace("« Café »", "Café")
    found = read(_services(tmp_path, rows.encode(encoding)))
    assert found.one("service")["description"] == "Café à côté du marché"
    assert found.repaired() == {(0, None, reasons.ENCODED % {"encoding": called})}


def test_a_dash_that_was_changed_for_a_place_to_part_a_word_is_a_dash(tmp_path: Path) -> None:
    rows = HEAD + "71,7,Soup,Monday \u00ad Friday at the café\u00ad,active\n"
    found = read(_services(tmp_path, rows.encode("latin-1")))
    assert found.one("service")["description"] == "Monday – Friday at the café\u00ad"
    assert (2, "description", reasons.OLD_LETTERS) in found.repaired()


@pytest.mark.parametrize("first", ["id," + "x" * LONGEST_ROW, '"id,name'])
def test_a_table_without_a_row_of_names_is_refused_and_the_others_are_read(tmp_path: Path, first: str) -> None:
    _services(tmp_path, "71,7,Soup,,active\n")
    (tmp_path / "phones.csv").write_text(f"{first}\n1,71\n")
    found = read(tmp_path)
    assert found.one("service")["name"] == "Soup"
    assert ("phones.csv", 0, reasons.NO_COLUMNS) in {(one.file, one.line, one.reason) for one in found.report.rejected}


def test_an_archive_of_which_nothing_may_be_opened_says_why(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", "a" * (5 << 20))
    with pytest.raises(BrokenPackage, match=r"services\.csv, which swells to more than 200 times its size") as refused:
        read(tmp_path / "bomb.zip")
    speak("fr")
    assert "services.csv gonfle" in reasons.sentence(str(refused.value))


def test_a_file_of_two_ways_of_writing_is_read_line_by_line(tmp_path: Path) -> None:
    rows = HEAD.encode() + "71,7,Café,Été,active\n".encode() + "72,7,Thé,Hiver,active\n".encode("cp1252")
    found = read(_services(tmp_path, rows))
    assert [one["name"] for one in found.of("service")] == ["Café", "Thé"]
    assert found.repaired() == {(0, None, reasons.MIXED % {"encoding": "Windows-1252"})}


def test_a_byte_order_mark_and_the_line_ends_of_old_macs_are_told(tmp_path: Path) -> None:
    rows = ("\ufeff" + HEAD + "71,7,Soup,Hot,active\n72,7,Beds,Eight,active\n").replace("\n", "\r").encode()
    found = read(_services(tmp_path, rows))
    assert len(found.of("service")) == 2
    assert found.repaired() == {(0, None, reasons.BOM), (0, None, reasons.MAC_LINES)}


def test_a_quotation_mark_left_open_costs_one_row(tmp_path: Path) -> None:
    found = read(_services(tmp_path, '71,7,"Soup,Hot,active\n72,7,Beds,Eight,active\n73,7,Bread,Warm,active\n'))
    assert [one["key"] for one in found.of("service")] == ["72", "73"]
    assert found.refused() == {("services.csv", 2, reasons.UNCLOSED)}


def test_a_line_without_end_is_passed_over_with_its_number(tmp_path: Path) -> None:
    long = "x" * (LONGEST_ROW * 3)
    found = read(_services(tmp_path, f"71,7,Soup,Hot,active\n72,7,{long},b,active\n73,7,Bread,Warm,active\n"))
    assert [one["key"] for one in found.of("service")] == ["71", "73"]
    assert found.refused() == {("services.csv", 3, reasons.TOO_LONG % {"limit": LONGEST_ROW})}


def test_a_huge_line_is_never_whole_in_memory(tmp_path: Path) -> None:
    _services(tmp_path, "")
    with (tmp_path / "services.csv").open("wb") as file:
        file.write(HEAD.encode() + b"71,7,")
        file.seek(400 << 20, os.SEEK_CUR)  # a hole: zeros to whoever reads, nothing on the disk
        file.write(b"\n73,7,Bread,Warm,active\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read(tmp_path)
    assert [one["key"] for one in found.of("service")] == ["73"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_huge_json_value_is_passed_over_with_its_line(tmp_path: Path) -> None:
    big = json.dumps({"id": "2", "name": "x" * (LONGEST_RECORD + 10)})
    content = (
        f'[{json.dumps(service())},\n{big},\n{{"id": "3", "name": "Last", "status": "active", "organization_id": "7"}}]'
    )
    found = read(_json(tmp_path, content))
    assert [one["name"] for one in found.of("service")] == ["Knees and shoulders", "Last"]
    assert found.refused() == {("directory.json", 2, reasons.TOO_LONG % {"limit": LONGEST_RECORD})}


@pytest.mark.parametrize(
    "deep", ["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 200 + "]" * 200]
)
def test_json_nested_without_end_is_refused_and_the_rest_comes_in(tmp_path: Path, deep: str) -> None:
    content = f'[{json.dumps(service())},\n{{"id": "2", "name": "Deep", "status": "active", "phones": {deep}}}]'
    found = read(_json(tmp_path, content))
    assert len(found.of("service")) == 1
    assert found.refused() == {("directory.json", 2, "is nested more than 64 levels deep")}


def test_a_broken_line_of_ndjson_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "feed.ndjson"
    path.write_text(json.dumps(service()) + '\n{"id": "2", "name": oops}\n' + json.dumps(service(id="3")) + "\n")
    found = read(path)
    assert [one["key"] for one in found.of("service")] == [service()["id"], "3"]
    assert [(one.line, one.reason) for one in found.report.rejected] == [(2, "is not JSON (Expecting value)")]


def test_a_key_told_twice_is_said(tmp_path: Path) -> None:
    found = read(
        _json(tmp_path, '[{"id": "1", "name": "One", "name": "Two", "status": "active", "organization_id": "7"}]')
    )
    assert found.one("service")["name"] == "Two"
    assert found.repaired() == {(1, "name", reasons.TWICE)}


def test_a_path_that_leaves_the_archive_is_not_opened(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "p.zip", **{"../services.csv": b"id\n1\n", "/etc/phones.csv": b"id\n1\n", "C:\\x\\urls.csv": b"id\n"}
    )
    found = read(path)
    assert {file for file, _, reason in found.refused() if reason == reasons.OUTSIDE} == {
        "../services.csv", "/etc/phones.csv", "C:\\x\\urls.csv",
    }  # fmt: skip
    assert len(found.of("service")) == 2


def test_links_archives_and_bombs_inside_are_not_opened(tmp_path: Path) -> None:
    path = _zip(tmp_path / "p.zip", **{"more.zip": b"PK", "units.csv": b"id,name\n" + b"\0" * (8 << 20)})
    link = zipfile.ZipInfo("contacts.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    found = read(path)
    told = {(file, reason) for file, _, reason in found.refused()}
    assert {
        ("more.zip", reasons.INSIDE),
        ("contacts.csv", reasons.A_LINK),
        ("units.csv", reasons.A_BOMB % {"ratio": 200}),
    } <= told
    assert len(found.of("service")) == 2


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for number in range(MOST_FILES + 1):
            archive.writestr(f"{number}.csv", "")
    with pytest.raises(BrokenPackage, match="more than 5000 files"):
        read(tmp_path / "p.zip")


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,number\n1,01632 960999\n")
    inside = tmp_path / "p"
    inside.mkdir()
    _services(inside, "71,7,Soup,Hot,active\n")
    (inside / "phones.csv").symlink_to(tmp_path / "secret.csv")
    found = read(inside)
    assert found.refused() == {("phones.csv", 0, reasons.A_LINK)}
    assert found.of("phone") == []


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("<p>One</p><p>Two &amp; <b>three</b></p>", "One\n\nTwo & three"),
        ("a<br>b<ul><li>c<li>d</ul>", "a\nb\n\n- c\n- d"),
        ("<script>alert(1)</script>Hello <img src=x onerror=alert(1)>", "Hello"),
        ("&lt;b&gt;twice&lt;/b&gt; wrapped", "twice wrapped"),
        ('see <a href="https://x.example/y">our page</a>', "see our page (https://x.example/y)"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("children <3 years, ask <jo@x.example>, R&D", "children <3 years, ask <jo@x.example>, R&D"),
        ("caf\u00e9\u202e evil\u202c \u0000zero\u0007", "café evil zero"),
        ("it\u0092s", "it’s"),
    ],
)
def test_texts_become_plain_and_stay_so(said: str, plain: str) -> None:
    assert tidy(said).text == plain
    assert tidy(plain) == tidy(tidy(plain).text or "")
    assert tidy(plain).told == ()


def test_html_that_never_ends_takes_no_time() -> None:
    began = time.perf_counter()
    for bad in ("<p" * 50_000, "<a href=" * 20_000, "&amp;" * 40_000, "<a href='https://x'>" * 10_000, "<" * 100_000):
        tidy(bad)
    assert time.perf_counter() - began < 5


def test_html_dates_links_and_numbers_are_told_by_line_and_field(tmp_path: Path) -> None:
    bad = service(
        description="<p>Soup</p>", url="javascript:alert(1)", assured_date="1900-01-01", minimum_age="1e999",
        email="no mail", last_modified="0001-01-01T00:00:00Z",
    )  # fmt: skip
    found = read(_json(tmp_path, [bad]))
    one = found.one("service")
    assert (one["description"], one["url"], one["assured_date"], one["minimum_age"]) == ("Soup", None, None, None)
    assert one["email"] == "no mail"
    assert found.repaired() == {
        (1, "description", reasons.HTML), (1, "assured_date", reasons.UNKNOWN_DAY), (1, "email", reasons.ODD_MAIL),
        (1, "last_modified", reasons.UNKNOWN_DAY),
    }  # fmt: skip
    assert found.unreadable() == {(1, "url", reasons.UNSAFE_LINK), (1, "minimum_age", reasons.NOT_NUMBER)}
    assert dict(found.report.lost) == {"service.url": 1, "service.minimum_age": 1}


def test_a_status_of_somebodys_own_closes_the_service_and_is_told(tmp_path: Path) -> None:
    found = read(_json(tmp_path, [service(status="sleeping")]))
    assert found.one("service")["status"] == "inactive"
    assert found.repaired() == {(1, "status", reasons.ODD_STATUS)}
    for known in ("Active", "inactive", "permanently closed", "temporarily_closed"):
        assert read(_json(tmp_path, [service(status=known)])).repaired() == set()


def test_a_weekday_that_is_none_stays_in_words_and_is_told(tmp_path: Path) -> None:
    content = tables()
    content["regular_schedules"] = [
        {"id": "1", "service_id": "71", "weekday": "Monday", "opens_at": "09:00", "closes_at": "17:00"},
        {"id": "2", "service_id": "71", "weekday": "Blursday", "opens_at": "25:99", "closes_at": "17:00"},
        {"id": "3", "service_id": "71", "weekday": "Friday", "opens_at": "10:00", "closes_at": "12:00"},
    ]
    found = read(folder(tmp_path / "p", content))
    said = {one["key"]: (one["byday"], one["description"]) for one in found.of("schedule")}
    assert said == {"1": ("MO", None), "2": (None, "Blursday 25:99 17:00"), "3": ("FR", None)}
    assert [(one.file, one.line, one.id) for one in found.report.repairs if one.reason == reasons.HOURS_IN_WORDS] == [
        ("regular_schedules.csv", 3, "2")
    ]


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", " JaVaScript:x", "java\nscript:x", "data:text/html,x", "file:///etc/passwd", "vbscript:x"],
)
def test_links_that_do_something_are_dropped(tmp_path: Path, link: str) -> None:
    found = read(_json(tmp_path, [service(url=link)]))
    assert found.one("service")["url"] is None
    assert found.report.lost["service.url"] == 1


@pytest.mark.parametrize(
    "link", ["https://x.example", "www.x.example", "x.example:8080/a", "x.example/a:b", "mailto:a@x.example"]
)
def test_other_links_stay(tmp_path: Path, link: str) -> None:
    assert str(read(_json(tmp_path, [service(url=link)])).one("service")["url"]).endswith(link)


def test_nobody_has_checked_a_service_tomorrow(tmp_path: Path) -> None:
    found = read(_json(tmp_path, [service(assured_date="2026-11-24")]))
    assert found.unreadable() == {(1, "assured_date", reasons.FUTURE)}
    assert read(_json(tmp_path, [service(assured_date="2026-11-23")])).one("service")["assured_date"] is not None


def test_the_point_in_the_sea_is_no_point(tmp_path: Path) -> None:
    at = [{"id": "s1", "location": {"id": "l1", "location_type": "physical", "latitude": 0, "longitude": "0.0"}}]
    found = read(_json(tmp_path, [service(service_at_locations=at)]))
    assert found.one("location")["latitude"] is None
    assert {reason for _, _, reason in found.unreadable()} == {reasons.NULL_ISLAND}


def test_every_reason_can_be_said_in_french() -> None:
    speak("fr")
    try:
        said = reasons.sentence(reasons.CELLS % {"cells": 2, "columns": 3})
        same = [reason for reason in reasons.REASONS if reasons.sentence(reason) == reason]
        missing = reasons.sentence("has no name and no organization")
    finally:
        speak("en")
    assert "2" in said
    assert "3" in said
    assert same == []
    assert "nom" in missing
    assert "and" not in missing


@pytest.mark.parametrize("above", ["Annuaire 2026\n\n", "Le service;;;\n", ";;;\nAnnuaire;;;\n", ""])
def test_titles_above_the_names_of_columns_are_passed_over(tmp_path: Path, above: str) -> None:
    (tmp_path / "a.csv").write_text(f"{above}Nom;Courriel;;CP\nSoupe;a@b.example;;69003\n")
    report, there = Report("x"), files.opened(tmp_path / "a.csv")
    (found,) = [(one.titles, list(one.rows)) for one in table.sheet(there, "a.csv", "row", report)]
    assert found[0] == table.header(there, "a.csv")
    assert (found[0][:2], found[1][0][1]) == (("Nom", "Courriel"), ["Soupe", "a@b.example", "", "69003"])
    assert len(report.repairs) == bool(above)
