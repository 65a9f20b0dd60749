"""Accounts: demo passwords only where they are allowed, slow guessing, no plain password."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from data.common.clock import steady
from data.store import Store, StoreError
from data.throttle import Throttle, Visitor
from data.users import PasswordError, TooManyTries, User, UserError, Users
from tests.support.clock import PATIENCE

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ADMIN = "correct horse battery"


class Clock:
    """A clock that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def users(store: Store, clock: Clock) -> Users:
    users = Users(store, QUICK, Throttle(clock))
    users.seed_demo()
    return users


def test_demo_accounts_log_in_on_loopback_only(users: Users) -> None:
    assert users.demo_passwords().keys() == {"trainee", "author", "admin"}
    for name, password in users.demo_passwords().items():
        user = users.verify(name, password, demo_allowed=True)
        assert user is not None
        assert (user.name, user.role) == (name, name)
        assert users.verify(name, password, demo_allowed=False) is None


def test_names_are_taken_as_people_type_them(users: Users) -> None:
    assert users.verify(" Trainee ", "trainee-demo", demo_allowed=True) is not None


@pytest.mark.parametrize(
    ("name", "password"),
    [("trainee", "wrong"), ("nobody", "trainee-demo"), ("", ""), ("trainee", "half \ud83d")],
)
def test_wrong_names_and_passwords_are_refused(users: Users, name: str, password: str) -> None:
    assert users.verify(name, password, demo_allowed=True) is None


def test_no_password_is_stored_in_plain_text_but_the_demo_ones(users: Users, store: Store) -> None:
    users.set_password("admin", ADMIN)
    text = (store.folder / "users.json").read_text()
    assert ADMIN not in text
    assert "admin-demo" not in text
    assert text.count("$argon2id$") == 3


def test_a_changed_password_is_no_demo_password_any_more_and_lasts(
    users: Users, store: Store
) -> None:
    users.set_password("author", "another one")
    assert users.demo_passwords().keys() == {"trainee", "admin"}
    assert [users.is_demo(name) for name in ("trainee", "author", "nobody")] == [True, False, False]
    again = Users(store, QUICK)
    again.seed_demo()
    assert again.verify("author", "author-demo", demo_allowed=True) is None
    assert again.verify("author", "another one", demo_allowed=False) is not None


def test_seeding_brings_no_account_back(users: Users, store: Store) -> None:
    store.table("users", key="name").remove("author")
    again = Users(store, QUICK)
    again.seed_demo()
    assert [user.name for user in again.list()] == ["admin", "trainee"]


@pytest.mark.parametrize("password", ["short", "x" * 257, "trainee-demo"])
def test_bad_passwords_are_refused_in_words(users: Users, password: str) -> None:
    with pytest.raises(PasswordError):
        users.set_password("admin", password)
    assert "admin" in users.demo_passwords()


def test_added_users_log_in(users: Users) -> None:
    added = users.add("Mai.S@example.org", "trainee", " Mai ", "pässword")
    assert added == User("mai.s@example.org", "trainee", "Mai")
    assert users.get("mai.s@example.org") == added
    # The same word as another keyboard composes it.
    assert users.verify("mai.s@example.org", "pässword", demo_allowed=False) == added
    with pytest.raises(UserError, match="already"):
        users.add("mai.s@example.org", "admin", "", "pässword")


@pytest.mark.parametrize("name", ["", "a", "../etc", "a b", "-x", "x" * 65])
def test_odd_names_are_refused(users: Users, name: str) -> None:
    with pytest.raises(UserError):
        users.add(name, "trainee", "", "long enough")


def test_a_password_for_an_unknown_name_is_refused(users: Users) -> None:
    with pytest.raises(UserError, match="no account"):
        users.set_password("nobody", "long enough")


def test_the_network_needs_a_first_password_and_then_knows_no_demo_account(
    users: Users, store: Store
) -> None:
    assert users.first_run_needed(loopback=False)
    assert not users.first_run_needed(loopback=True)
    with pytest.raises(PasswordError):
        users.set_first_password("admin-demo")
    assert users.set_first_password(ADMIN).role == "admin"

    for seen in (users, Users(store, QUICK)):
        assert not seen.first_run_needed(loopback=False)
        assert seen.demo_passwords() == {}
        assert [user.name for user in seen.list()] == ["admin"]
        assert seen.get("trainee") is None
        assert seen.verify("trainee", "trainee-demo", demo_allowed=True) is None
        assert seen.verify("admin", ADMIN, demo_allowed=False) is not None


def test_the_first_password_cannot_be_set_twice(users: Users) -> None:
    users.set_first_password(ADMIN)
    with pytest.raises(UserError, match="already"):
        users.set_first_password("someone else's")
    assert users.verify("admin", ADMIN, demo_allowed=False) is not None


def test_a_disabled_demo_account_comes_back_with_an_own_password(users: Users) -> None:
    users.set_first_password(ADMIN)
    users.set_password("trainee", "my own password")
    assert users.verify("trainee", "my own password", demo_allowed=False) is not None


def test_guessing_slows_down_and_says_for_how_long(users: Users, clock: Clock) -> None:
    for _ in range(5):
        assert users.verify("trainee", "guess", demo_allowed=True) is None
    pauses = []
    for _ in range(8):
        with pytest.raises(TooManyTries, match="Try again in") as caught:
            users.verify("Trainee", "trainee-demo", demo_allowed=True)
        pauses.append(caught.value.seconds)
        clock.now += caught.value.seconds
        assert users.verify("trainee", "guess", demo_allowed=True) is None
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert users.verify("author", "author-demo", demo_allowed=True) is not None
    clock.now += 30
    assert users.verify("trainee", "trainee-demo", demo_allowed=True) is not None
    assert users.verify("trainee", "guess", demo_allowed=True) is None


def test_failed_tries_are_forgotten_and_made_up_names_fill_no_memory(clock: Clock) -> None:
    throttle = Throttle(clock)
    here = Visitor("203.0.113.1", "a browser")
    for _ in range(5):
        throttle.begin("trainee", here)
    with pytest.raises(TooManyTries):
        throttle.begin("trainee", here)
    clock.now += 901
    throttle.begin("trainee", here)
    for number in range(10_050):
        throttle.begin(f"name-{number}", Visitor(f"2001:db8:0:{number:x}::1", f"{number}"))
    for limit in (throttle._pair, throttle._browser, throttle._address, throttle._name):
        assert len(limit._tries) == 10_000


def test_a_wait_passes_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    throttle, here = Throttle(), Visitor("203.0.113.1", "a browser")
    for _ in range(5):
        throttle.begin("trainee", here)
    with pytest.raises(TooManyTries):
        throttle.begin("trainee", here)
    monkeypatch.setattr("data.throttle.steady", lambda: steady() + 30)
    throttle.begin("trainee", here)


def test_a_stranger_elsewhere_keeps_nobody_out(users: Users, clock: Clock) -> None:
    stranger, owner = Visitor("198.51.100.7", "x"), Visitor("203.0.113.1", "y")
    assert users.verify("trainee", "trainee-demo", demo_allowed=True, visitor=owner)
    for _ in range(150):
        try:
            assert users.verify("trainee", "x", demo_allowed=True, visitor=stranger) is None
        except TooManyTries as error:  # and again as soon as the wait allows it
            clock.now += error.seconds
            assert users.verify("trainee", "x", demo_allowed=True, visitor=stranger) is None
    assert users.verify("trainee", "trainee-demo", demo_allowed=True, visitor=owner)


def test_many_addresses_guess_one_name_no_faster(users: Users) -> None:
    for number in range(100):
        somewhere = Visitor(f"198.51.{number}.1", f"browser {number}")
        assert users.verify("trainee", "guess", demo_allowed=True, visitor=somewhere) is None
    with pytest.raises(TooManyTries, match="this name from elsewhere"):
        users.verify("trainee", "guess", demo_allowed=True, visitor=Visitor("192.0.2.1", "more"))


@pytest.mark.parametrize(
    ("visitors", "words"),
    [
        ([Visitor("203.0.113.1", "one")] * 21, "from this page"),
        ([Visitor("203.0.113.1", f"{i}") for i in range(101)], "from your network"),
        ([Visitor(f"2001:db8::{i:x}", f"{i}") for i in range(101)], "from your network"),
    ],
    ids=["a page", "an address", "a network"],
)
def test_a_flood_of_names_is_stopped_where_it_comes_from(
    visitors: list[Visitor], words: str, users: Users
) -> None:
    *before, last = visitors
    for number, visitor in enumerate(before):
        users.verify(f"name-{number}", "guess", demo_allowed=True, visitor=visitor)
    with pytest.raises(TooManyTries, match=words):
        users.verify("another", "guess", demo_allowed=True, visitor=last)
    elsewhere = Visitor("198.51.100.7", "another")
    assert users.verify("trainee", "trainee-demo", demo_allowed=True, visitor=elsewhere)


@pytest.mark.parametrize(
    ("name", "password"),
    [("\u1e9b" * 65, "x"), ("trainee", "\u1e9b" * 257)],
    ids=["name", "password"],
)
def test_what_is_too_long_to_be_right_costs_nothing(name: str, password: str, store: Store) -> None:
    class Never(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            raise AssertionError("it was hashed")

    users = Users(store, Never(time_cost=1, memory_cost=8, parallelism=1))
    users.seed_demo()
    assert users.verify(name, password, demo_allowed=True) is None


@pytest.mark.parametrize("display", ["x" * 900_000, "two\nlines", "x" * 81])
def test_odd_names_to_show_are_refused(users: Users, display: str) -> None:
    with pytest.raises(UserError, match="name to show"):
        users.add("kim", "trainee", display, "long enough")
    with pytest.raises(UserError, match="name to show"):
        users.change("trainee", role="trainee", display=display)
    assert users.get("kim") is None


def test_a_password_that_is_changed_while_another_login_is_checked_wins(store: Store) -> None:
    class Meanwhile(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            right = super().verify(hash, password)
            accounts.set_password("trainee", "a new password")
            return right

    accounts = Users(store, Meanwhile(time_cost=1, memory_cost=8, parallelism=1))
    accounts.seed_demo()
    assert accounts.verify("trainee", "trainee-demo", demo_allowed=True) is None


def test_an_outdated_hash_is_made_anew_at_the_next_login(users: Users, store: Store) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    again = Users(store, stronger)
    assert again.verify("trainee", "trainee-demo", demo_allowed=True) is not None
    hashes = {item["name"]: item["hash"] for item in store.table("users", key="name").all()}
    assert not stronger.check_needs_rehash(hashes["trainee"])
    assert stronger.check_needs_rehash(hashes["author"])
    assert Users(store, stronger).verify("trainee", "trainee-demo", demo_allowed=True) is not None


def test_a_damaged_hash_lets_nobody_in(store: Store) -> None:
    store.table("users", key="name").put(
        {"name": "admin", "role": "admin", "display": "A", "hash": "x"}
    )
    assert Users(store, QUICK).verify("admin", "x", demo_allowed=True) is None


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"name": "kim"}, "The account kim in .*: it has no role, display, hash"),
        ({"name": "kim", "role": 5, "display": "Kim", "hash": "x"}, "The account kim in .*: role"),
        ({"role": "admin"}, "An account in .*: it has no name"),
    ],
)
def test_an_account_that_cannot_be_read_is_named_with_its_file_and_the_remedy(
    store: Store, odd: dict[str, object], why: str
) -> None:
    Users(store, QUICK).seed_demo()
    store.table("users", key="name").add([odd])
    with pytest.raises(StoreError, match=f"{why}.*Mend it there") as raised:
        Users(store, QUICK)
    assert str(store.folder / "users.json") in str(raised.value)


def test_pages_read_accounts_while_a_password_is_being_hashed(store: Store) -> None:
    started, go = threading.Event(), threading.Event()

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            started.set()
            return go.wait(PATIENCE)

    users = Users(store, Slow(time_cost=1, memory_cost=8, parallelism=1))
    users.seed_demo()
    login = threading.Thread(target=users.verify, args=("admin", "x"), kwargs={"demo_allowed": 1})
    login.start()
    assert started.wait(PATIENCE)
    assert users.get("admin") is not None
    assert len(users.list()) == len(users.demo_passwords()) == 3
    assert login.is_alive(), "it did not wait for the password"
    go.set()
    login.join()
