"""What a curator sees of imports: sending, reading, mapping columns, sources, and who may not."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory.models import Service
from referrals.exchange import feeds, fetching, jobs, runs, uploads
from referrals.exchange import mapping as mappings
from referrals.exchange.actions import import_directory
from referrals.exchange.fetching import Known, Unfetched
from referrals.exchange.formats.columns import Mapping
from referrals.exchange.models import Feed, ImportRun, import_change
from referrals.kit.db import SessionMaker
from referrals.kit.html import moment
from referrals.kit.settings import Settings
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.exchange.packages import tables, zipped
from tests.factories.people import account

TOWNS = "Nom;Structure;Ville;Date maj;Couleur\nSoupe;La Marmite;Lyon;31/01/2026;rouge\nDouches;La Marmite;Brest;hier;vert\n;La Marmite;Brest;;\n"


@pytest.fixture(scope="module")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def curator(browser: Browser, session: AsyncSession) -> Browser:
    await account(session, Role.CURATOR, email="yann@example.org")
    await session.flush()
    await browser.sign_in("yann@example.org")
    return browser


async def _send(browser: Browser, name: str, content: bytes, **fields: str) -> httpx.Response:
    page = await browser.open("/en/imports")
    token = page.form("/imports").fields["_csrf_token"][0]
    return await browser.client.post(
        "/en/imports", data={"_csrf_token": token, **fields}, files={"file": (name, content)}, follow_redirects=True
    )


async def _work(session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock) -> ImportRun:
    run = (await session.scalars(select(ImportRun).order_by(ImportRun.asked_at.desc()))).first()
    assert run is not None
    await jobs.run(session, id=str(run.id), now=clock(), settings=settings, outside=sessions)
    await session.flush()
    await session.refresh(run)
    return run


async def test_a_package_is_sent_read_let_in_and_undone(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    content = tables()
    content["services"] = [row | {"colour": "=blue"} for row in content["services"]]
    answer = await _send(
        curator, "../../harbour.zip", zipped(tmp_path / "h.zip", content).read_bytes(), source="Harbour"
    )
    assert answer.status_code == 200
    assert "hx-get" in answer.text
    run = await _work(session, sessions, settings, clock)
    assert (run.source, run.file_name) == ("harbour", "harbour.zip")
    page = await curator.open(f"/en/imports/{run.id}")
    assert "Nothing has come in yet. If you say yes: 21 new records, 1 refused." in page
    assert "services.colour" in page
    table = await curator.client.get(f"/fr/imports/{run.id}/losses.csv")
    assert "n’a pas sa place ici" in table.text
    assert "package/services.csv,2,Services" in table.text
    await curator.submit("/let-in")
    run = await _work(session, sessions, settings, clock)
    assert (run.state, run.step, run.problem) == ("done", "import", None)
    page = await curator.open(f"/en/imports/{run.id}")
    assert "It has come in: 21 new records, 1 refused." in page
    changes = await curator.open(f"/en/imports/{run.id}/changes?what=created&kind=service")
    assert "Soup at noon" in changes
    await curator.open(f"/en/imports/{run.id}")
    await curator.submit("/undo")
    await _work(session, sessions, settings, clock)
    page = await curator.open(f"/en/imports/{run.id}")
    assert "21 records that it had brought have left." in page


async def test_what_nobody_would_see_any_more_is_named_before_the_package_comes_in(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    content = tables()
    content["organizations"].append({"id": "8", "name": "Hill House", "description": "", "url": ""})
    await import_directory(session, zipped(tmp_path / "h.zip", content), NOW - timedelta(days=1), source="harbour")
    del content["organizations"][0]
    await _send(curator, "h.zip", zipped(tmp_path / "h.zip", content).read_bytes(), source="Harbour")
    run = await _work(session, sessions, settings, clock)
    page = await curator.open(f"/en/imports/{run.id}")
    assert "2 services are not shown: their organization is gone from the source." in page
    assert "Soup at noon · Harbour House" in page


async def test_an_import_of_which_everything_was_refused_says_so_in_its_first_sentence(
    curator: Browser, session: AsyncSession, tmp_path: Path
) -> None:
    package = zipped(tmp_path / "h.zip", tables())
    await import_directory(session, package, NOW, source="harbour")
    await session.flush()
    objects = tmp_path / "theirs.json"
    theirs = (await session.scalars(select(Service).where(Service.source == "harbour"))).first()
    assert theirs is not None
    objects.write_text(
        json.dumps(
            {"id": str(theirs.id), "name": "Ours", "status": "active", "organization_id": str(theirs.organization_id)}
        )
    )
    await import_directory(session, objects, NOW + timedelta(minutes=1), source="somebody else")
    await session.flush()
    assert "It has come in: no record is other than before, 1 refused." in await curator.open("/en/imports")


async def test_a_package_that_was_given_up_does_not_say_that_it_came(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    await _send(curator, "h.zip", zipped(tmp_path / "h.zip", tables()).read_bytes())
    run = await _work(session, sessions, settings, clock)
    assert "What would come" in await curator.open(f"/en/imports/{run.id}")
    await curator.submit("/stop")
    page = await curator.open(f"/en/imports/{run.id}")
    assert "It was stopped, and nothing of it has come in." in page
    assert "What would have come" in page
    assert "What came" not in page


async def test_a_directory_goes_by_the_name_under_which_it_came_in(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    package = zipped(tmp_path / "h.zip", tables())
    await import_directory(session, package, NOW - timedelta(days=1), source="Harbour Été")
    await _send(curator, "h.zip", package.read_bytes(), source="harbour ete")
    run = await _work(session, sessions, settings, clock)
    assert (run.source, run.report and run.report["unchanged"]) == ("Harbour Été", 21)
    await _send(curator, "h.zip", package.read_bytes(), source="Another One")
    assert (await session.scalars(select(ImportRun).where(ImportRun.source == "another-one"))).one()


async def test_the_progress_is_asked_for_again_until_the_run_has_ended(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    await _send(curator, "h.zip", zipped(tmp_path / "h.zip", tables()).read_bytes())
    run = (await session.scalars(select(ImportRun))).one()
    part = await curator.client.get(f"/en/imports/{run.id}", headers={"HX-Request": "true"})
    assert "hx-get" in part.text
    assert "<html" not in part.text
    await _work(session, sessions, settings, clock)
    part = await curator.client.get(f"/en/imports/{run.id}", headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"


async def test_what_is_no_package_is_refused_with_a_sentence_and_what_was_typed_stays(curator: Browser) -> None:
    answer = await _send(curator, "run.exe", b"MZ", source="Harbour")
    assert answer.status_code == 422
    assert "This kind of file cannot be imported." in answer.text
    assert 'value="Harbour"' in answer.text


async def test_a_table_of_somebodys_own_making_is_mapped_tried_and_remembered(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock
) -> None:
    answer = await _send(curator, "towns.csv", TOWNS.encode())
    assert "This table can be read" in answer.text
    assert "is not a date like 2027-01-15" in answer.text
    assert "has no name" in answer.text
    run = (await session.scalars(select(ImportRun))).one()
    page = await curator.open(f"/en/imports/{run.id}/columns")
    assert page.form("/columns").fields["c0"] == ["service.name"]
    refused = await curator.submit("/columns", button="save", c0="", name="Towns")
    assert refused.status == 422
    assert "No column holds the name of the service." in refused
    await curator.submit("/columns", button="save", c0="service.name", name="Towns")
    run = await _work(session, sessions, settings, clock)
    assert (run.state, (run.report or {})["kinds"]["service"]["created"], (run.report or {})["rejected"]) == (
        "ready",
        2,
        1,
    )
    again = await _send(curator, "towns.csv", TOWNS.encode())
    assert re.search(r'name="name"[^>]*value="Towns"', again.text)


async def test_a_table_that_has_lost_a_column_is_read_by_the_mapping_it_had_and_keeps_its_language(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock
) -> None:
    await _send(curator, "towns.csv", TOWNS.encode(), language="fr")
    run = (await session.scalars(select(ImportRun))).one()
    page = await curator.open(f"/en/imports/{run.id}/columns")
    assert page.form("/columns").fields["language"] == ["fr"]
    await curator.submit("/columns", button="save", c2="address.address_1", language="", name="Towns")
    await jobs.run(session, id=str(run.id), now=clock(), settings=settings, outside=sessions)
    await runs.bring_in(session, run.id, clock())
    await _work(session, sessions, settings, clock)
    assert set(await session.scalars(select(Service.language).where(Service.source == "towns"))) == {"fr"}
    other = "Structure;Ville;Nom\nLa Marmite;Lyon;Soupe\n"
    answer = await _send(curator, "fewer.csv", other.encode())
    assert "Read as in “Towns”. Not in this file: Date maj." in answer.text
    page = await curator.open(answer.url.path)
    fields = page.form("/columns").fields
    assert (fields["c1"], fields["name"]) == (["address.address_1"], [""])


async def test_numbers_of_an_import_are_grouped_in_both_languages(
    curator: Browser, session: AsyncSession, clock: Clock
) -> None:
    run = await runs.ask(session, source="large", file_name="large.zip", now=clock(), by=None)
    kinds = {"phone": {"created": 75649, "changed": 0, "unchanged": 1200, "gone": 0}}
    run.state, run.step, run.ended_at = "undone", "import", clock()
    run.report, run.undo_report = {"created": 75649, "changed": 1234, "kinds": kinds}, {"left": 75600}
    rows = [{"run_id": run.id, "entity": "phone", "record_id": uuid4(), "what": "created"} for _one in range(1001)]
    await session.execute(insert(import_change), rows)
    await session.flush()
    page = await curator.open(f"/en/imports/{run.id}")
    assert all(said in page for said in ("75,649", "1,200", "75,600 records that it had brought have left."))
    assert "75649" not in page
    assert "1,001" in await curator.open(f"/en/imports/{run.id}/changes")
    french = await curator.open(f"/fr/imports/{run.id}")
    assert "75649" not in french
    assert re.search(r"75\s649", french.text)
    run.state = "done"
    await session.flush()
    listed = await curator.open("/en/imports")
    assert "75,649 new records, 1,234 changed" in listed


async def test_the_page_of_an_import_counts_the_terms_that_mean_nothing_here_yet(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    await _send(curator, "harbour.zip", zipped(tmp_path / "h.zip", tables()).read_bytes(), source="Harbour")
    run = await _work(session, sessions, settings, clock)
    page = await curator.open(f"/en/imports/{run.id}")
    assert "1 service has no need of ours yet; it is found by its words." in page
    assert re.search(r"Still open\s+1\b", page.text)
    french = await curator.open(f"/fr/imports/{run.id}")
    assert "Ce que ses termes veulent dire chez nous" in french
    assert run.report is not None
    run.report = run.report | {"terms": {"linked": 0, "proposed": 0, "nothing_fits": 0, "open": 0, "services": 0}}
    await session.flush()
    assert "What its terms mean" not in await curator.open(f"/en/imports/{run.id}")


async def test_only_curators_see_imports(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.CASE_MANAGER, email="claire@example.org")
    await session.flush()
    await browser.sign_in("claire@example.org")
    for path in ("imports", "conflicts", "sources"):
        assert (await browser.open(f"/en/{path}")).status == 403


async def test_a_source_of_this_machine_comes_in_by_itself_once_for_each_new_package(
    curator: Browser, session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    home = tmp_path / "sources"
    home.mkdir()
    zipped(home / "harbour.zip", tables())
    settings = Settings(
        data_home=settings.data_home, database_url=None, secret=settings.secret, base_url=settings.base_url,
        sources_home=home.resolve(),
    )  # fmt: skip
    who = await account(session, Role.CURATOR)
    feed = await feeds.add(
        session, source="harbour", address="harbour.zip", rhythm="daily", language=None, whole=True, by=who.id, now=NOW
    )
    await feeds.fetch(session, id=str(feed.id), now=clock(), settings=settings)
    run = await _work(session, sessions, settings, clock)
    await session.refresh(feed)
    assert (run.state, run.feed_id, feed.problem) == ("done", feed.id, None)
    clock.pass_(days=1)
    await feeds.fetch(session, id=str(feed.id), now=clock(), settings=settings)
    assert len((await session.scalars(select(ImportRun))).all()) == 1
    mapping = await mappings.save(session, "Harbour list", Mapping(), uuid4(), clock())
    feed.mapping_id = mapping.id
    await session.flush()
    await curator.sign_in("yann@example.org")  # a day has passed
    page = await curator.open("/en/sources")
    assert f"nothing new · next on {moment(feed.next_at)} · columns as in “Harbour list”" in page
    feed.address = "../../etc/passwd"
    await feeds.fetch(session, id=str(feed.id), now=clock(), settings=settings)
    await session.flush()
    page = await curator.open("/en/sources")
    assert "This path leads out of the folder for local sources." in page
    page = await curator.submit(f"/sources/{feed.id}/forget")
    assert "harbour is no longer fetched. What came in stays." in page
    await session.refresh(run)
    assert (run.state, run.feed_id) == ("done", None)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.zip", "http://[::1]/x.zip", "http://169.254.169.254/latest", "http://10.0.0.1/x",
                "http://localhost/x.zip", "http://[::ffff:127.0.0.1]/x"],
)  # fmt: skip
def test_nothing_is_fetched_from_a_private_network(address: str, tmp_path: Path) -> None:
    with pytest.raises(Unfetched) as unfetched:
        fetching.from_web(address, tmp_path, Known())
    assert unfetched.value.code == "private"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x", "https://"])
def test_nothing_but_web_addresses_is_fetched(address: str, tmp_path: Path) -> None:
    with pytest.raises(Unfetched) as unfetched:
        fetching.from_web(address, tmp_path, Known())
    assert unfetched.value.code == "scheme"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.zip", "passwd.zip"), ("C:\\a\\b c.CSV", "b-c.csv"), ("", "package"), (".zip", "package.zip"),
        ("a/..", "package."), ("é à.json", "é-à.json"),
    ],
)  # fmt: skip
def test_the_name_of_an_upload_is_only_a_name(given: str, kept: str) -> None:
    assert uploads.safe_name(given) == kept


async def test_a_feed_is_looked_at_when_it_is_due(session: AsyncSession, clock: Clock) -> None:
    who = await account(session, Role.CURATOR)
    feed = await feeds.add(
        session, source="harbour", address="https://x.example/h.zip", rhythm="weekly", language=None, whole=True,
        by=who.id, now=NOW,
    )  # fmt: skip
    assert (feed.next_at - NOW).days == 7
    await feeds.look(session, now=clock())
    assert isinstance(feed, Feed)


class _Half(BaseHTTPRequestHandler):
    """Promises more than it sends."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "20")
        self.end_headers()
        self.wfile.write(b"name\nhalf\n")

    def log_message(self, *words: object) -> None:
        pass


def test_half_a_package_is_no_package(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Half)
    with server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.handle_request)
        with pytest.raises(Unfetched) as unfetched:
            fetching.from_web(f"http://127.0.0.1:{server.server_port}/a.csv", tmp_path, Known(), private=True)
    assert unfetched.value.code == "cut"
