"""One search under way: PostGIS for the need, an engine for the words, one order for the answers of both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.names import by_names
from referrals.directory.queries.said import (
    contradicts,
    countries_of,
    names_of,
    needs_of,
    offering_just,
    owners_of,
    prices_of,
    sayings,
)
from referrals.directory.queries.soonest import soonest
from referrals.directory.queries.structure import Found, look, mix
from referrals.directory.search import heard, prices
from referrals.directory.search.likeness import named as named_so
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.port import BOUND, PAGE_SIZE, Here, Hit, Page, Query, SearchUnavailable, ServiceSearch
from referrals.directory.search.read_alike import Alike
from referrals.directory.search.tags import FOR, group_of
from referrals.directory.search.understand import Understood
from referrals.directory.search.weighing import (
    BEGUN,
    LITERALLY,
    NAMED,
    NAMES,
    NARROWER,
    WHOLE,
    Evidence,
    by_words,
    for_them_first,
    other_names,
    says,
    says_much,
    share,
    telling,
    weigh,
)
from referrals.kit.logs import logger
from referrals.taxonomy.vocabulary import Vocabulary

Engine = Literal["structure", "index", "database"]
"""Who answered: PostGIS alone, the search engine, or PostgreSQL because the engine could not."""
_CALLED: Final = 0.9
"""An engine's score from which every word is in a service's own name."""
_WHOLE_NAME: Final = 0.999
"""An engine's score that only a name has which holds the words and no others."""
_NAME: Final = 8
"""Words of the longest name."""
_FAINT: Final = 0.2
"""Part of the best score below which a hit shares no more than a little word."""
_READ: Final = 60
"""Hits whose organizations are compared with what was typed."""
_ALIKE: Final = 0.05
"""Names that are as like as that are both meant."""
_TWO: Final = 2
_FEW: Final = 5
"""Answers that hold every word, below which those that hold some of them count too."""
_GROUPS: Final = 3
"""Groups of wishes for which it is counted what else of the group there would be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything up to the bound, in one order. `fits`: it has what was meant, not only something like it.

    `grouped`: the counts of a group that was chosen from are as if it had not been.
    """

    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, int] = field(default_factory=dict)
    more: bool = False
    fits: bool = False
    loosely: bool = False
    """By several words and no need: the fewer hold all of them, the more are taken that hold some."""
    grouped: bool = False
    closed: frozenset[UUID] = frozenset()
    """Those that can take nobody for now, and were not asked for by their name."""
    owners: Mapping[UUID, str] = field(default_factory=dict)
    """The organizations of some of them, by name."""

    @property
    def any_near(self) -> bool:
        return any(hit.distance_km is not None for hit in self.hits)


Heard = dict[Query, Page[Hit]]
"""What an engine has answered. Several searches may share one, as long as they are of one moment."""


class Asking:
    """What was meant, and who is asked for it."""

    def __init__(
        self, session: AsyncSession, engine: ServiceSearch, meant: Understood, now: OpenAt, heard: Heard | None = None
    ) -> None:
        self.session = session
        self.now = now
        self.engine = engine
        self.meant = meant
        self.answered: Engine = "structure"
        self._heard: Heard = {} if heard is None else heard
        self._closed: set[UUID] = set()
        """Of what was called as it was typed, those that can take nobody."""

    async def ask(self, asked: Query) -> Answer:
        """In the order that is asked for."""
        answer = await self._ask(asked)
        if answer.closed:
            answer = replace(answer, hits=tuple(sorted(answer.hits, key=lambda hit: hit.id in answer.closed)))
        if asked.order == "near":
            return replace(answer, hits=tuple(sorted(answer.hits, key=_way)))
        if asked.order == "soon":
            return replace(answer, hits=tuple(await soonest(self.session, answer.hits, self.now)))
        return answer

    async def whatever_was_said(self, asked: Query) -> Answer:
        """Without any word: what is made for those who were named (`lgbt rejeté` is no search for a word), or what offers
        one of some needs.
        """
        found = await look(self.session, asked, counted=_counted(asked))
        hits = mix(found.near, found.coming)
        return _answer(hits, found, fits=bool(hits))

    async def called_so(self, asked: Query, found: Answer | None = None) -> tuple[Hit, ...]:
        """Services that are called as it was typed, whatever else the words may mean: "L'Accueil de jour des femmes" is a
        name and no wish. Where no need is named, the words may be an organization's too.

        `found`: what this very question has found, where it has been put already.
        """
        meant = self.meant
        if not (meant.terms or meant.whole != meant.said) or not 1 < len(meant.whole) <= _NAME or meant.begun_place:
            return ()
        least = _CALLED
        alike = tuple(one for one in meant.alike if not set(meant.whole).issubset(one[0]))
        spoken = replace(asked, words=meant.whole, alike=alike, match="all", faceted=False)
        named = [hit for hit in (await self._from_engine(spoken)).items if hit.score >= least]
        if not named:
            return ()
        if found is not None and meant.terms and meant.whole == meant.said:
            there = {hit.id: hit for hit in found.hits}
            return tuple(there[hit.id] for hit in named if hit.id in there)
        return tuple(await self._called(named, asked))

    async def called_here(self, asked: Query) -> tuple[Hit, ...]:
        """Likewise within reach, by all words but those of the place, where some of them are a wish: `senior center hialeah`."""
        meant = self.meant
        place = {word for part in meant.parts if part.kind == "place" for word in part.text.split()}
        words = tuple(word for word in meant.whole if word not in place)
        if asked.near is None or meant.terms or words == meant.said or not 1 < len(words) <= _NAME:
            return ()
        spoken = replace(asked, words=words, match="all", faceted=False)
        named = [hit for hit in (await self._from_engine(spoken)).items if hit.score >= _CALLED]
        if not named:
            return ()
        return tuple(by_words(await self._called(named, asked)))

    async def called_like_the_wish(self, asked: Query) -> tuple[Hit, ...]:
        """Where nothing but wishes was typed, what has all of it in a name or a need, whatever its codes say: `interpre`, `women`."""
        meant = self.meant
        wished = {tag for tag, _ in meant.for_whom}
        if meant.said or meant.openings or asked.order != "fit" or not meant.tags or not wished.issuperset(meant.tags):
            return ()
        words, alike = meant.whole, tuple(one for _, one in meant.for_whom if one[1])
        if len(words) == 1 and alike:  # half of it has become that audience: `handica`
            (_, ways), *_ = alike
            words, alike = ways[0], ((ways[0], (words, *ways[1:])),)
        spoken = replace(asked, words=words, alike=alike, wished=(), match="all", faceted=False)
        named = [hit for hit in (await self._from_engine(spoken)).items if hit.score >= NAMED]
        return tuple(by_words(await self._called(named, replace(asked, wished=())))) if named else ()

    async def begun_so(self, asked: Query) -> tuple[Hit, ...]:
        """Services with all that was typed in a name or a need, whatever place the last word may be: `gard` of a garden."""
        spoken = replace(asked, words=self.meant.whole, match="all", faceted=False)
        named = [hit for hit in (await self._from_engine(spoken)).items if hit.score >= NAMED]
        return tuple(await self._called(named, asked))

    async def called_like_the_place(self, here: Query) -> int:
        """How many have the name of an uncertain place in their own, or in their organization's; none where one of them is
        there.
        """
        name = self.meant.place_as_a_name
        if not name or not self.meant.said:
            return 0
        spoken = replace(here, near=None, radius_km=None, words=name, match="all", faceted=False)
        named = [hit.id for hit in (await self._from_engine(spoken)).items if hit.score >= NAMED]
        found = await look(self.session, here, named, structured="no", counted="no")
        return 0 if any(hit.distance_km is not None for hit in found.named) else len(named)

    async def owned_by(self, asked: Query, found: Answer) -> tuple[Hit, ...]:
        """All that an organization offers which was named, most of its name or misspelt: what was found of it first. Where a
        need is called so it is that, unless it is the whole name: `Narcotics Anonymous`.
        """
        meant = self.meant
        if not self._may_name_an_owner(asked):
            return ()
        free = (*meant.words, *meant.by_ear)
        beside = found.hits[:_READ] if free else ()
        spoken = replace(asked, words=meant.whole, faceted=False) if free else self._all_said(asked)
        hits = (await self._from_engine(spoken)).items[:_READ]
        ids = [*(hit.id for hit in beside), *(hit.id for hit in hits)]
        owners = {id: found.owners[id] for id in ids if id in found.owners}
        if unknown := [id for id in ids if id not in owners]:
            owners |= await owners_of(self.session, unknown)
        likeness = named_so(meant.whole, free, owners.values(), meant.half)
        if not likeness:
            return ()
        best = max(likeness.values())
        known = {hit.id: hit for hit in (*reversed(hits), *reversed(beside))}
        wanted = [id for id in dict.fromkeys(ids) if id in owners and likeness.get(owners[id], 0.0) >= best - _ALIKE]
        there = {hit.id for hit in await self._called([known[id] for id in wanted], asked)}
        return tuple(Hit(id, known[id].score, known[id].distance_km) for id in wanted if id in there)

    async def beginning_so(self, asked: Query, found: Answer, *, same: bool) -> tuple[list[Hit], list[Hit]]:
        """Services in whose name, or the organization's, all that was typed stands in a row: `easter se`, `march o`; and those that
        offer something in whose name it does, in the order in which they were found. What is a need or a single word and
        nothing else is that. `same`: this very question has found what was `found`.
        """
        row, alone = self.meant.row, len(self.meant.parts) == 1
        half = " " in row and row.split()[-1] not in self.meant.whole
        if alone and not (self.meant.slipped or half or self.meant.parts[0].kind == "wish"):
            return [], []
        if asked.order != "fit" or not 0 < len(row.split()) <= _NAME:
            return [], []
        named = (await self._from_engine(replace(asked, begins=row, faceted=False))).items[:_READ]
        if not named:
            return [], []
        order, called = (
            {hit.id: number for number, hit in enumerate(found.hits)},
            await self._called(named, asked, found if same else None),
        )
        offered = sorted(
            (hit for hit in called if hit.score < LITERALLY), key=lambda hit: order.get(hit.id, len(order))
        )
        return [hit for hit in called if hit.score >= LITERALLY], offered

    def open_first(self, hits: Sequence[Hit]) -> list[Hit]:
        """Of several that were called so, those that can take somebody."""
        return sorted(hits, key=lambda hit: hit.id in self._closed)

    async def _called(self, hits: Sequence[Hit], asked: Query, known: Answer | None = None) -> list[Hit]:
        """Those that may be seen, with the way to them. `known`: what the same question has found already; of the others, then,
        only as many are looked up as a page has.
        """
        there = {hit.id: hit for hit in known.hits} if known else {}
        unknown = [hit.id for hit in hits if hit.id not in there or hit.score >= _WHOLE_NAME]
        if unknown := unknown if known is None else unknown[:PAGE_SIZE]:
            found = await look(self.session, asked, unknown, structured="no", counted="no")
            self._closed |= found.closed
            there |= {hit.id: hit for hit in found.named}
        self._closed |= known.closed & {hit.id for hit in hits} if known else set()
        return [Hit(hit.id, hit.score, there[hit.id].distance_km) for hit in hits if hit.id in there]

    def _may_name_an_owner(self, asked: Query) -> bool:
        return (
            asked.order == "fit" and bool(self.meant.words or self.meant.terms) and 1 < len(self.meant.whole) <= _NAME
        )

    def _all_said(self, asked: Query) -> Query:
        """For what has every word that was typed, or what it is called besides."""
        meant = self.meant
        return replace(asked, words=meant.said, alike=meant.alike, perhaps=meant.perhaps, match="all", faceted=False)

    async def worded(self, asked: Query) -> list[Hit]:
        """What the words alone find, whatever need they mean; where that is nothing and nobody anywhere offers the need, what it
        is called besides.
        """
        plain = replace(asked, faceted=False)
        hits = (await self._by_words(plain)).hits
        if not hits and self.meant.terms and not self.meant.words and not await self._is_offered(asked):
            ways = other_names(self.meant, asked.language)
            hits = (await self._by_words(plain, ((self.meant.said, ways),))).hits
        return list(hits)

    async def behind(self, found: Answer, saying: Answer, asked: Query) -> Answer:
        """What was `found` for the words, first what says for whom it is besides; then what only says that: `low income` in
        the name of a tax clinic makes it no optician.
        """
        there = {hit.id for hit in found.hits}
        both = [hit for hit in saying.hits if hit.id in there]
        hits = tuple({hit.id: hit for hit in (*both, *found.hits, *saying.hits)}.values())
        facets = await self.counts(hits, asked) if asked.faceted else {}
        return replace(saying, hits=hits, facets=facets, grouped=False)

    async def is_named(self, asked: Query) -> bool:
        """Whether something here has what was typed in a name, or offers it: `swimming lessons` for whomever."""
        if not says_much(self.meant.said):
            return False
        spoken = replace(
            asked, words=self.meant.said, alike=self.meant.alike, perhaps=self.meant.perhaps, faceted=False
        )
        named = [hit.id for hit in (await self._from_engine(spoken)).items if hit.score >= NAMED]
        return bool((await look(self.session, asked, named, structured="no", counted="no")).named)

    async def uncontradicted(self, hits: Sequence[Hit], wished: Query) -> list[Hit]:
        """Those whose listing fulfils the wishes or says nothing about them."""
        if not hits or not (wished.tag_groups or wished.open or wished.distant == "only"):
            return list(hits)
        said = await sayings(self.session, [hit.id for hit in hits])
        return [hit for hit in hits if hit.id in said and not contradicts(said[hit.id], wished)]

    async def _is_offered(self, asked: Query) -> bool:
        """Wherever it may be: a dentist in Lyon is no speech therapist in Truro, whatever their texts have in common."""
        codes = tuple(term.code for term in self.meant.terms)
        return bool((await look(self.session, Query(terms=codes, on=asked.on), counted="no")).near)

    async def more_broadly(self, asked: Query, words: Vocabulary) -> tuple[Hit, ...]:
        """Where nobody anywhere offers the need: who offers what contains it, or is called so. No long stay, but addiction care."""
        broader = [code for term in self.meant.terms for code in words.ancestors(term.code)]
        terms = [term for code in dict.fromkeys(broader) if (term := words.need(code)) and term.taggable]
        if not terms or await self._is_offered(asked):
            return ()
        for term in terms:
            found = await look(self.session, replace(asked, terms=(term.code,)), counted="no")
            if hits := mix(found.near, found.coming):
                return tuple(hits)
        for term in terms:
            wider = Asking(self.session, self.engine, replace(self.meant, terms=(term,)), self.now, self._heard)
            if hits := (await wider._otherwise_called(replace(asked, faceted=False), ()))[0]:
                return tuple(hits)
        return ()

    async def cheapest_first(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """What is free or costs little, then what does not say it, then what is dear; each in the order it had."""
        known = await prices_of(self.session, [hit.id for hit in hits]) if hits else {}
        return tuple(sorted(hits, key=lambda hit: prices.rank(*known.get(hit.id, (None, None, None)))))

    async def in_the_country(self, hits: Sequence[Hit], here: Here) -> list[Hit]:
        """The nearest first, without those that are in another country alone: nobody expects an answer across the sea."""
        known = await countries_of(self.session, [hit.id for hit in hits]) if here.country else {}
        ours = [hit for hit in hits if here.country in known.get(hit.id, ()) or not known.get(hit.id)]
        return sorted(ours, key=_way)

    async def facets(self, asked: Query, answer: Answer, found: Sequence[Hit]) -> dict[str, int]:
        """Of all that was `found`; of a group that was chosen from, how many there would be with one tag more of it.

        `answer`: what was counted of it.
        """
        facets = dict(answer.facets)
        if answer.grouped:
            return facets
        counted = {hit.id for hit in answer.hits}
        if more := [hit for hit in found if hit.id not in counted]:
            for tag, many in (await self.counts(more, asked)).items():
                facets[tag] = facets.get(tag, 0) + many
        for group in list(dict.fromkeys(map(group_of, asked.tags)))[:_GROUPS]:
            without = tuple(tag for tag in asked.tags if group_of(tag) != group)
            others = await self._ask(replace(asked, tags=without))
            of_group = {tag: many for tag, many in others.facets.items() if group_of(tag) == group}
            besides = {tag: len(found) + many - facets.get(tag, 0) for tag, many in of_group.items()}
            facets |= {tag: of_group[tag] if tag in asked.tags else many for tag, many in besides.items()}
        return facets

    async def among(self, before: Answer, asked: Query) -> Answer:
        """Of an answer those with the tags that are asked for too."""
        ids = [hit.id for hit in before.hits]
        there = await look(self.session, asked, ids, structured="no", counted=_counted(asked))
        known = {hit.id for hit in there.named}
        hits = tuple(hit for hit in before.hits if hit.id in known)
        return replace(before, hits=hits, facets=there.facets, more=False, grouped=False, fits=bool(hits))

    async def counts(self, hits: Sequence[Hit], asked: Query) -> Mapping[str, int]:
        """The tags of just these."""
        return (await look(self.session, Query(on=asked.on), [hit.id for hit in hits], structured="no")).facets

    async def _ask(self, asked: Query) -> Answer:
        needs = tuple(term.code for term in self.meant.terms)
        if self.meant.said and not needs:
            return await self._by_words(asked)
        meant = replace(asked, terms=needs, besides=asked.terms) if needs else asked
        if not self.meant.said:
            told = await self._told_for_whom(meant)
            found = await look(self.session, meant, [hit.id for hit in told], counted=_counted(meant))
            hits = mix(found.near, found.coming)
            if told:
                hits = by_words(_among(hits, _placed(told, found)))
            first = await self._for_all_of_them(meant)
            known = {hit.id for hit in first}
            return _answer([*first, *(hit for hit in hits if hit.id not in known)], found, fits=bool(hits))
        return await self._by_need(asked, meant)

    async def _told_for_whom(self, meant: Query) -> Sequence[Hit]:
        """What says in words whom it is for, of those who are wished for: codes say that of half of a directory."""
        whom = (ways for tag, (_, ways) in self.meant.for_whom if tag in meant.wished)
        names = tuple(dict.fromkeys(way for ways in whom for way in ways))[:NAMES]
        if not names or meant.order != "fit":
            return ()
        spoken = replace(
            meant, words=names[0], alike=((names[0], names[1:]),), match="all", unfinished=False, faceted=False
        )
        return (await self._from_engine(spoken)).items

    async def _for_all_of_them(self, meant: Query) -> list[Hit]:
        """Of several that were named, what is for the first and for another one: `teen pregnancy` is not every teenager."""
        whom = [tag for tag in meant.wished if group_of(tag) == FOR]
        if len(whom) < _TWO or any(group_of(tag) == FOR for tag in meant.tags):
            return []
        others = tuple(tag for tag in meant.wished if tag != whom[0])
        found = await look(self.session, replace(meant, tags=(*meant.tags, whom[0]), wished=others), counted="no")
        return mix(found.near, found.coming)

    async def _by_words(self, asked: Query, alike: tuple[Alike, ...] = ()) -> Answer:
        """From the engine; what may be seen, and how far it is, says the database. `alike`: other ways of writing it all."""
        spoken = replace(
            asked,
            words=self.meant.said,
            alike=alike or self.meant.alike,
            perhaps=self.meant.perhaps,
            counted_beyond=BOUND,
        )
        page = await self._from_engine(spoken)
        clear = _clear(page.items)
        if not clear:
            return Answer()
        exactly = _exactly(clear)
        clear = for_them_first(clear, await self._told_for_whom(asked))
        whole = page.more and bool(page.facets)
        counted: Literal["yes", "no"] = "yes" if asked.faceted and not whole else "no"
        owned: Literal["yes", "no"] = "yes" if self._may_name_an_owner(asked) else "no"
        ids = [hit.id for hit in clear]
        there = await look(self.session, asked, ids, structured="no", counted=counted, owned=owned)
        hits = by_words(_placed(clear, there))
        facets = page.facets if whole else there.facets
        return Answer(
            tuple(hits), facets, page.more, bool(hits), loosely=len(self.meant.said) > 1, grouped=whole,
            closed=there.closed - exactly, owners=there.owners,
        )  # fmt: skip

    async def _by_need(self, asked: Query, meant: Query) -> Answer:
        """Whoever only shares a word with the need's name is no answer: all of them, in a name, or nothing."""
        beside = bool(self.meant.words)
        all_of_it = self._all_said(asked)
        spoken = replace(all_of_it, match=asked.match)
        holding = await self._from_engine(all_of_it)
        strictly = [hit for hit in holding.items if hit.score >= NAMED and not self.meant.in_passing]
        if len(self.meant.said) == 1 and not self.meant.guessed:
            strictly = await self._not_in_passing(strictly)
        if beside and strictly:
            strictly = await self._called_by_the_need(strictly, all_of_it)
        among: Sequence[Hit] = ()
        if beside or asked.near is None:
            aim = self.meant.aim
            words = self.meant.words or (telling(aim.label(asked.language)) if aim else self.meant.said)
            limited = replace(spoken, words=words, terms=meant.terms, besides=meant.besides)
            among = (await self._from_engine(limited)).items
        told = () if beside else await self._told_for_whom(meant)
        ids = [*dict.fromkeys(hit.id for hit in (*strictly, *told))]
        found = await look(self.session, meant, ids, counted=_counted(meant))
        offered = mix(found.near, found.coming)
        if not offered and (apart := await self._in_parts(meant)):
            found, offered = replace(apart, named=found.named), mix(apart.near, apart.coming)
        named = _placed(strictly, found)
        facets = found.facets
        fits = bool(offered)
        if not offered:
            among = (await self._from_engine(spoken)).items
            others, besides = await self._otherwise_called(asked, {hit.id for hit in named})
            fits = bool(others) or any(hit.score >= _CALLED for hit in named)
            named += others
            facets = {tag: facets.get(tag, 0) + besides.get(tag, 0) for tag in (*facets, *besides)}
        loosely: Sequence[Hit] = ()
        if beside and offered and len(holding.items) < _FEW:  # `vaccins obligatoires`: vaccines all the same
            loosely = (await self._from_engine(spoken)).items
        many = await needs_of(self.session, [hit.id for hit in offered]) if len(meant.terms) > 1 else {}
        just = frozenset[UUID]()
        if self.meant.broad and not beside:
            just = await offering_just(self.session, [hit.id for hit in offered], meant.terms[0])
        evidence = Evidence(
            said={hit.id: hit.score for hit in (*(() if beside and offered else among), *loosely, *holding.items)},
            beside={hit.id: hit.score for hit in among} if beside and offered else {},
            whom={hit.id: hit.score for hit in told},
            needs={id: share(self.meant, of) for id, of in many.items()}
            or ({hit.id: 1.0 if hit.id in just else NARROWER for hit in offered} if just else {}),
            literally=BEGUN if self.meant.guessed else LITERALLY,
        )
        hits = weigh(offered, named, evidence)
        hits = self._called_first(hits, named, {hit.id for hit in offered} if named else set())
        answer = _answer(hits, found, fits=fits, exactly=_exactly(holding.items))
        answer = replace(answer, facets=facets, loosely=not offered)
        cut = holding.more and len(strictly) == len(holding.items)
        return replace(answer, more=True) if cut else answer

    def _called_first(self, hits: Sequence[Hit], named: Sequence[Hit], offering: Collection[UUID]) -> list[Hit]:
        """What is called as it was typed before the others. Where one thing was typed and our need for it is a whole field
        (`taxes` are not all that money is about), what has it in a name, the best name first.
        """
        meant = self.meant
        said, plain = set(meant.said), len(meant.said) == 1
        heading = len(meant.terms) == 1 and not meant.terms[0].taggable
        if heading and any(said.issubset(words) for words, _ in meant.alike):
            worth = {hit.id: hit.score for hit in named if hit.score >= NAMED}
        elif any(words == meant.said for words, _ in meant.alike):
            return list(hits)
        else:
            worth = {
                hit.id: 0.0 for hit in named if hit.score >= _CALLED and (hit.id in offering or not plain)
            }  # fmt: skip
        return sorted(hits, key=lambda hit: (hit.id not in worth, -worth.get(hit.id, 0.0)))

    async def _in_parts(self, meant: Query) -> Found | None:
        """What a need that nobody anywhere offers is made of: addiction care that is for the young."""
        pairs = [pair for term in self.meant.terms for pair in heard.parts_of(term.code)]
        if not pairs or await self._is_offered(meant):
            return None
        for code, whom in pairs:
            part = replace(meant, terms=(code,), tags=(*meant.tags, whom) if whom else meant.tags)
            found = await look(self.session, part, counted=_counted(meant))
            if found.near or found.coming:
                return found
        return None

    async def _called_by_the_need(self, hits: Sequence[Hit], asked: Query) -> list[Hit]:
        """Those that have the need's own words in a name or a need too: `garde d’enfant horaires décalés` is nobody who
        keeps letters and is open at odd hours.
        """
        beside = set(self.meant.words)
        words = tuple(word for word in self.meant.said if word not in beside)
        if not words:  # the need was said in words that anybody uses to ask for anything
            return list(hits)
        named = await self._from_engine(replace(asked, words=words))
        known = {hit.id for hit in named.items if hit.score >= WHOLE}
        return [hit for hit in hits if hit.id in known or named.more]

    async def _not_in_passing(self, hits: Sequence[Hit]) -> list[Hit]:
        """Without those that say what they offer, and have the need's one word beside it: a lift to the doctor is no doctor."""
        faint = [hit.id for hit in hits if hit.score < WHOLE]
        needs = await needs_of(self.session, faint) if faint else {}
        return [hit for hit in hits if hit.score >= WHOLE or not needs.get(hit.id)]

    async def _otherwise_called(self, asked: Query, known: Collection[UUID]) -> tuple[list[Hit], Mapping[str, int]]:
        """What has another name of the needs in its own, or in one name that a source gives what it offers; and the counts of
        their tags.
        """
        ways = other_names(self.meant, asked.language)
        hits = (await self._from_engine(replace(asked, ways=ways, faceted=False))).items
        # The engine knows the words, and not which of them belong together: `home`, `modification` of two loans.
        names = await names_of(self.session, [hit.id for hit in hits if hit.id not in known])
        more = [hit for hit in hits if any(says(name, ways) for name in names.get(hit.id, ()))]
        if not more:
            return [], {}
        there = await look(self.session, asked, [hit.id for hit in more], structured="no", counted=_counted(asked))
        return _placed(more, there), there.facets

    async def _from_engine(self, asked: Query) -> Page[Hit]:
        """The same question is put once, whoever asks it; the counts of an answer harm nobody."""
        plain = replace(asked, faceted=False, counted_beyond=0)
        page = self._heard.get(plain)
        if page is None or (asked.faceted and not page.facets and len(page.items) + page.more > asked.counted_beyond):
            page = self._heard[plain] = await self._heard_now(asked)
        return page

    async def _heard_now(self, asked: Query) -> Page[Hit]:
        try:
            page = await self.engine.find(asked)
            self.answered = "index"
        except SearchUnavailable as error:
            logger().warning("search_without_index", reason=type(error.__cause__ or error).__name__)
            page = await by_names(self.session, asked)
            self.answered = "database"
        return page


def _counted(asked: Query) -> Literal["yes", "no"]:
    return "yes" if asked.faceted else "no"


def _answer(hits: Sequence[Hit], found: Found, *, fits: bool, exactly: frozenset[UUID] = frozenset()) -> Answer:
    more = found.more or len(hits) > BOUND
    return Answer(tuple(hits), found.facets, more, fits, closed=found.closed - exactly)


def _exactly(hits: Sequence[Hit]) -> frozenset[UUID]:
    """Those whose whole name was typed."""
    return frozenset(hit.id for hit in hits if hit.score >= _WHOLE_NAME)


def _placed(hits: Sequence[Hit], found: Found) -> list[Hit]:
    """Those that are within reach, with the way to them."""
    there = {hit.id: hit for hit in found.named}
    return [Hit(hit.id, hit.score, there[hit.id].distance_km) for hit in hits if hit.id in there]


def _among(hits: Sequence[Hit], told: Sequence[Hit]) -> list[Hit]:
    """All of them, with how much of what was told each of them says."""
    said = {hit.id: hit for hit in told}
    others = [Hit(hit.id, 0.0, hit.distance_km) for hit in hits if hit.id not in said]
    return [*told, *others]


def _way(hit: Hit) -> tuple[bool, float]:
    return hit.distance_km is None, hit.distance_km or 0.0


def _clear(hits: Sequence[Hit]) -> list[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.score >= best * _FAINT]
