"""The finished calls as lists and pages ask for them: rows of the index, one for each call."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice

import orjson

from data.database import Database, Row
from data.endings import ENDINGS
from data.progress import RECENT, Course
from data.renames import Name
from data.summary import Summary

log = logging.getLogger(__name__)

_ASKED = ("user", "persona", "name", "reason", "draft", "started", "score", "passed")
"""What of a summary stands in columns of its own beside the whole of it, to be asked by."""
# The indexes hold all that courses count, so that no row is read for it. (Generated columns would
# say the same without a second writing, but sqlite takes no index as covering that has any.)
_TABLES = f"""
CREATE TABLE IF NOT EXISTS calls (
    call TEXT PRIMARY KEY, document TEXT NOT NULL, said TEXT NOT NULL, {", ".join(_ASKED)}
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calls_by_time ON calls (started);
CREATE INDEX IF NOT EXISTS calls_by_name ON calls (name, started);
CREATE INDEX IF NOT EXISTS calls_by_user ON calls (user, started, draft, score, passed);
CREATE INDEX IF NOT EXISTS calls_by_user_and_persona
    ON calls (user, persona, started, draft, score, passed);
CREATE TABLE IF NOT EXISTS spoken (
    call TEXT NOT NULL,
    version TEXT NOT NULL,
    persona TEXT NOT NULL,
    started REAL NOT NULL,
    whole INTEGER NOT NULL,
    score REAL,
    PRIMARY KEY (call, version)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spoken_by_persona
    ON spoken (persona, version, started, whole, score);
CREATE TABLE IF NOT EXISTS tries (
    call TEXT PRIMARY KEY, document TEXT NOT NULL, origin TEXT NOT NULL, user TEXT NOT NULL,
    started REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tries_by_origin ON tries (origin, started);
CREATE INDEX IF NOT EXISTS tries_by_user ON tries (user, started);
CREATE TABLE IF NOT EXISTS taken_over (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""

DRAWN = 30
"""Scored calls of a course that it holds, the newest ones."""
LISTED = 5
"""Calls of a version that its use holds, the newest ones."""
_TRIES, _GOES_ON = "tries among the calls", '"origin":"'
_SCORED = "score IS NOT NULL AND NOT draft"
_RESULTS = {
    "passed": "score IS NOT NULL AND passed",
    "failed": "score IS NOT NULL AND NOT coalesce(passed, 0)",
    "none": "score IS NULL",
}


@dataclass(frozen=True, slots=True)
class Search:
    """Which finished calls are looked for; "" stands for any.

    ``result`` is ``passed``, ``failed`` or ``none`` (not scored); ``name`` is what the customer was
    called. Each of ``words``, in lower case, stands somewhere in the call's trainee, customer,
    scenario or ending; the users beside it have it in the name that is shown of them.
    """

    user: str = ""
    name: str = ""
    result: str = ""
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Uses:
    """How a persona's version did: in ``number`` calls it spoke, in ``scored`` of them it alone, to
    a score, on average ``mean`` (None without any). ``calls`` are the newest, with whether it
    alone spoke."""

    number: int
    scored: int = 0
    mean: float | None = None
    calls: tuple[tuple[Summary, bool], ...] = field(default=())


class CallIndex:
    """The rows of the finished calls; safe to use from any thread, never from a loop. Everything
    raises ``StoreError``.

    Tries have a table of their own, so that nothing that lists or counts calls can count one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(_TABLES)
        self._part_tries()

    # ---- writing ----

    def put(self, summaries: Iterable[Summary], *, source: str = "") -> None:
        """Keep these, in place of those of the same calls; ``source`` is taken over with them."""
        rows, tries = list[Summary](), list[Summary]()
        for each in summaries:
            (tries if each.is_try else rows).append(each)
        spoken = [
            (each.call, version, each.persona, each.started, len(versions) == 1, each.score)
            for each in rows
            for versions in [each.versions or (each.version,)]
            for version in dict.fromkeys(versions)
        ]
        calls = [(each.call,) for each in rows]
        with self._database.write() as write:
            write.executemany("DELETE FROM spoken WHERE call = ?", calls)
            write.executemany(
                f"INSERT OR REPLACE INTO calls VALUES (?, ?, ?{', ?' * len(_ASKED)})",
                (
                    (each.call, _document(each), _said(each), *(getattr(each, n) for n in _ASKED))
                    for each in rows
                ),
            )
            write.executemany("INSERT OR REPLACE INTO spoken VALUES (?, ?, ?, ?, ?, ?)", spoken)
            write.executemany(
                "INSERT OR REPLACE INTO tries VALUES (?, ?, ?, ?, ?)",
                (
                    (each.call, _document(each), each.origin, each.user, each.started)
                    for each in tries
                ),
            )
            if source:
                write.execute("INSERT OR REPLACE INTO taken_over VALUES (?)", (source,))

    def remove(self, calls: Iterable[str]) -> None:
        """Forget these calls."""
        gone = [(call,) for call in calls]
        if gone:
            with self._database.write() as write:
                write.executemany("DELETE FROM calls WHERE call = ?", gone)
                write.executemany("DELETE FROM spoken WHERE call = ?", gone)
                write.executemany("DELETE FROM tries WHERE call = ?", gone)

    def has_taken_over(self, source: str) -> bool:
        """Whether ``put`` has been told of that source before."""
        return bool(self._database.read("SELECT 1 FROM taken_over WHERE source = ?", source))

    # ---- lists ----

    def ids(self, ending: str = "") -> set[str]:
        """Every call and every try, each with that ending. In one piece from sqlite, which holds
        Python's lock only for that one row: the app is starting meanwhile."""
        query = (
            "SELECT coalesce(group_concat(call || ?, ' '), '')"
            " FROM (SELECT call FROM calls UNION ALL SELECT call FROM tries)"
        )
        ((joined,),) = self._database.read(query, ending)
        return set(joined.split())

    def begun_before(self, moment: float) -> list[str]:
        """The ids of the calls, and of the tries, that began before that moment."""
        query = (
            "SELECT call FROM calls WHERE started < ? UNION ALL"
            " SELECT call FROM tries WHERE started < ?"
        )
        return [call for (call,) in self._database.read(query, moment, moment)]

    def going_on_from(self, calls: Iterable[str]) -> list[Summary]:
        """The tries that go on from these or from one of such, and so repeat their first turns."""
        query = "SELECT call, document FROM tries WHERE origin IN (SELECT value FROM json_each(?))"
        found: dict[str, Summary] = {}
        fresh = known = set(calls)
        while fresh:
            rows = self._summaries(query, orjson.dumps(sorted(fresh)).decode())
            found |= {call.call: call for call, *_ in rows if call.call not in known}
            fresh = found.keys() - known
            known = known | fresh
        return list(found.values())

    def find(self, search: Search, limit: int = -1) -> list[Summary]:
        """The newest of these calls, the newest first; all without a limit."""
        where, values = _where(search)
        query = f"SELECT call, document FROM calls WHERE {where} ORDER BY started DESC LIMIT ?"
        return [call for call, *_ in self._summaries(query, *values, limit)]

    def tries(self, *, origin: str = "", user: str = "") -> list[Summary]:
        """The tries that go on from that call, or those of that user, the newest first."""
        column, value = ("origin", origin) if origin else ("user", user)
        query = f"SELECT call, document FROM tries WHERE {column} = ? ORDER BY started DESC"
        return [call for call, *_ in self._summaries(query, value)]

    def count(self, search: Search) -> int:
        """How many there are of these calls."""
        where, values = _where(search)
        return self._number(f"SELECT count(*) FROM calls WHERE {where}", values)

    def users(self) -> list[str]:
        """Everyone who has finished a call."""
        return self._distinct("user")

    def names(self) -> list[str]:
        """What the customers of the calls were called."""
        return self._distinct("name")

    def personas(self, user: str) -> list[str]:
        """The slugs that the personas of the user's calls had."""
        return self._distinct("persona", user)

    def last(self, user: str, names: Sequence[Name], *, scored: bool = False) -> Summary | None:
        """The user's newest call with the persona of these names; ``scored``: that has a score."""
        condition = "score IS NOT NULL" if scored else "TRUE"
        return next(iter(self._newest(user, names, condition, 1)), None)

    # ---- progress ----

    def courses(self, limit: int = -1) -> dict[str, Course]:
        """The course of each of the users who had the newest calls, with as many scores as tell how
        they do lately."""
        query = (
            "SELECT user, max(started) FROM calls WHERE NOT draft"
            " GROUP BY user ORDER BY 2 DESC LIMIT ?"
        )
        users = [user for user, _ in self._database.read(query, limit)]
        made = ((user, self.course(user, drawn=2 * RECENT)) for user in users)
        return {user: course for user, course in made if course is not None}

    def course(
        self, user: str, names: Sequence[Name] | None = None, *, drawn: int = DRAWN
    ) -> Course | None:
        """The user's course, of all calls or of those with the persona of these names; None
        without calls. Calls with unsaved text are no part of it."""
        spans: Sequence[Name | None] = [None] if names is None else names
        last = self._newest(user, spans, "NOT draft", 1)
        newest = self._newest(user, spans, _SCORED, drawn)
        if not last:
            return None
        number = scored = passed = 0
        for name in spans:
            where, values = _of(user, name)
            count = f"SELECT count(*) FROM calls WHERE {where} AND NOT draft"
            number += self._number(count, values)
            ((some, good),) = self._database.read(
                f"SELECT count(*), total(passed) FROM calls WHERE {where} AND {_SCORED}", *values
            )
            scored, passed = scored + some, passed + int(good)
        return Course(number, last[0], scored, passed, tuple(reversed(newest)))

    # ---- versions ----

    def uses(self, names: Sequence[Name]) -> dict[str, Uses]:
        """How the versions of a persona that has had these names did, by version."""
        query = (
            "SELECT version, count(*), count(score) FILTER (WHERE whole),"
            " total(score) FILTER (WHERE whole) FROM spoken"
            " WHERE persona = ? AND started >= ? AND started < ? GROUP BY version"
        )
        found: dict[str, tuple[int, int, float]] = {}
        for name in names:
            for version, *figures in self._database.read(query, *_span(name)):
                before = found.get(version, (0, 0, 0.0))
                number, scored, total = (
                    old + new for old, new in zip(before, figures, strict=True)
                )
                found[version] = int(number), int(scored), total
        return {
            version: Uses(
                number, scored, total / scored if scored else None, self._spoken(version, names)
            )
            for version, (number, scored, total) in found.items()
        }

    def _spoken(self, version: str, names: Sequence[Name]) -> tuple[tuple[Summary, bool], ...]:
        query = (
            "SELECT call, document, whole FROM spoken JOIN calls USING (call)"
            " WHERE spoken.persona = ? AND version = ?"
            " AND spoken.started >= ? AND spoken.started < ?"
            " ORDER BY spoken.started DESC LIMIT ?"
        )
        rows: list[tuple[Summary, bool]] = []
        for name in names:
            slug, *span = _span(name)
            found = self._summaries(query, slug, version, *span, LISTED)
            rows += [(call, bool(whole)) for call, whole in found]
        rows.sort(key=lambda row: row[0].started, reverse=True)
        return tuple(rows[:LISTED])

    def _part_tries(self) -> None:
        """Earlier releases listed tries among the calls: put these where they belong, once."""
        if self.has_taken_over(_TRIES):
            return
        query = f"SELECT call, document FROM calls WHERE document LIKE '%{_GOES_ON}_%'"
        found = [call for call, *_ in self._summaries(query) if call.is_try]
        self.remove(call.call for call in found)
        self.put(found, source=_TRIES)

    def scored(self, names: Sequence[Name], limit: int) -> list[Summary]:
        """The newest first of everyone's calls with the persona of these names that have a score;
        calls with unsaved text are left out."""
        query = (
            "SELECT call, document FROM calls"
            " WHERE call IN (SELECT call FROM spoken"
            " WHERE persona = ? AND started >= ? AND started < ?)"
            f" AND {_SCORED} ORDER BY started DESC LIMIT ?"
        )
        found = [self._summaries(query, *_span(name), limit) for name in names]
        calls = (call for rows in found for call, *_ in rows)
        return sorted(calls, key=lambda call: call.started, reverse=True)[:limit]

    def _newest(
        self, user: str, spans: Sequence[Name | None], condition: str, limit: int
    ) -> list[Summary]:
        """The newest first of the user's calls with the persona of these names."""
        found = []
        for name in spans:
            where, values = _of(user, name)
            query = (
                f"SELECT call, document FROM calls WHERE {where} AND {condition}"
                " ORDER BY started DESC LIMIT ?"
            )
            found.append([call for call, *_ in self._summaries(query, *values, limit)])
        ordered = merge(*found, key=lambda call: call.started, reverse=True)
        return list(islice(ordered, limit))

    def _distinct(self, column: str, user: str | None = None) -> list[str]:
        """The values of a column, which leap along an index from one to the next: as fast as they
        are few, however many rows there are."""
        of_user, values = ("", ()) if user is None else (" AND user = ?", (user,))
        query = (
            f"WITH RECURSIVE found(value) AS ("
            f"SELECT min({column}) FROM calls WHERE TRUE{of_user} UNION ALL"
            f" SELECT (SELECT min({column}) FROM calls WHERE {column} > value{of_user})"
            " FROM found WHERE value IS NOT NULL)"
            " SELECT value FROM found WHERE value IS NOT NULL"
        )
        return [value for (value,) in self._database.read(query, *values, *values)]

    def _summaries(self, query: str, *values: object) -> list[Row]:
        """The summaries of the rows that begin with a call and its document, each with the rest of
        its row. One that makes no sense is forgotten, so that the next start makes it again."""
        found: list[Row] = []
        for call, document, *more in self._database.read(query, *values):
            try:
                found.append((Summary.from_json(orjson.loads(document)), *more))
            except (TypeError, ValueError) as error:
                log.warning("The summary of call %s is unreadable: %s", call, error)
                self.remove([call])
        return found

    def _number(self, query: str, values: Sequence[object]) -> int:
        ((number,),) = self._database.read(query, *values)
        return int(number)


def read(documents: Iterable[dict[str, object]]) -> Iterator[Summary]:
    """The summaries of these documents; one that makes no sense is left out, to be made again."""
    for document in documents:
        try:
            yield Summary.from_json(document)
        except TypeError as error:
            log.warning("The summary of call %s is unreadable: %s", document.get("call"), error)


def _document(summary: Summary) -> str:
    return orjson.dumps(summary.to_json()).decode()


def _said(summary: Summary) -> str:
    return f"{summary.user} {summary.name} {summary.scenario}".casefold()


def _span(name: Name) -> tuple[str, float, float]:
    return name.slug, name.since, name.until


def _of(user: str, name: Name | None) -> tuple[str, tuple[object, ...]]:
    if name is None:
        return "user = ?", (user,)
    return "user = ? AND persona = ? AND started >= ? AND started < ?", (user, *_span(name))


def _where(search: Search) -> tuple[str, list[object]]:
    """The condition of a search, and its values."""
    parts, values = ["TRUE"], list[object]()
    for column, value in (("user", search.user), ("name", search.name)):
        if value:
            parts.append(f"{column} = ?")
            values.append(value)
    if search.result:
        parts.append(_RESULTS.get(search.result, "FALSE"))
    for word, users in search.words:
        reasons = [code for code, row in ENDINGS.items() if word in row.words.casefold()]
        parts.append(
            "(instr(said, ?) OR user IN (SELECT value FROM json_each(?))"
            " OR reason IN (SELECT value FROM json_each(?)))"
        )
        values += [word, orjson.dumps(users).decode(), orjson.dumps(reasons).decode()]
    return " AND ".join(parts), values
