"""Secrets of an installation: made once, different everywhere; outside a container only their owner reads them."""

from pathlib import Path

import pytest
import typer

from deploy.accounts import accounts
from deploy.preparing import passwords_of
from deploy.secret_files import ACCOUNTS, broker_secrets, write_secrets
from shared.auth.sandbox_clients import read_clients

EVERY = accounts("lotsen")


def test_what_is_made_once_stays_as_it_is(tmp_path: Path) -> None:
    made = write_secrets(tmp_path, sandbox=False)
    before = {name: (tmp_path / name).read_bytes() for name in made}
    assert len(set(before.values())) == len(made)
    (tmp_path / "applications-claims-key").unlink()
    assert write_secrets(tmp_path, sandbox=False) == ["applications-claims-key"]
    after = {name: (tmp_path / name).read_bytes() for name in made}
    assert {name for name in made if after[name] != before[name]} == {"applications-claims-key"}


def test_the_folder_lets_in_its_owner_only(tmp_path: Path) -> None:
    place = tmp_path / "secrets"
    write_secrets(place, sandbox=True)
    assert [(place / name).stat().st_mode & 0o777 for name in (".", ACCOUNTS)] == [0o700, 0o700]
    assert {path.stat().st_mode & 0o777 for path in place.rglob("*") if path.is_file()} == {0o644}


def test_clients_are_made_up_for_a_sandbox_only(tmp_path: Path) -> None:
    write_secrets(tmp_path, sandbox=False)
    assert not (tmp_path / "sandbox-clients.yaml").exists()
    write_secrets(tmp_path, sandbox=True)
    assert read_clients(tmp_path / "sandbox-clients.yaml").find("operator")
    assert "PRIVATE KEY" in (tmp_path / "sandbox-key.pem").read_text()


def test_every_account_finds_its_password(tmp_path: Path) -> None:
    write_secrets(tmp_path, sandbox=False)
    passwords = passwords_of(EVERY, tmp_path / ACCOUNTS)
    assert set(passwords) == {account.name for account in EVERY}
    assert len(set(passwords.values())) == len(EVERY)


@pytest.mark.parametrize("content", [None, "", "changeme\n"])
def test_an_account_without_a_password_stops_the_start_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    write_secrets(tmp_path, sandbox=False)
    place = tmp_path / ACCOUNTS / "events-worker"
    place.unlink()
    if content is not None:
        place.write_text(content)
    with pytest.raises(typer.Exit) as ended:
        passwords_of(EVERY, tmp_path / ACCOUNTS)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "LOTSEN_ACCOUNTS_DIR has no password for events-worker\n"


def test_the_brokers_know_themselves_and_the_administrator_before_there_is_any_account() -> None:
    text = broker_secrets(administrator="one", broker="two")
    assert text.count('username="broker" password="two"') == 2
    assert text.count('user_broker="two" user_administrator="one"') == 2
