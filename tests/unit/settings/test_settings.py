"""Settings come from the environment and from secret files, and a wrong one stops the start with one line."""

import base64
import ssl
from pathlib import Path

import pytest

from shared.settings import ApiSettings, Settings, SettingsError, WorkSettings, load_settings

KEY = base64.b64encode(bytes(range(32))).decode()
COMPLETE = {
    "MONGODB_URI": "mongodb://db/?replicaSet=rs0",
    "LOTSEN_PUBLIC_BASE_URL": "https://lotsen.example",
    "LOTSEN_OIDC_ISSUER": "https://issuer.example",
    "LOTSEN_JWKS_URL": "https://issuer.example/jwks",
    "LOTSEN_CONTENT_MASTER_KEY": KEY,
    "LOTSEN_CLAIMS_KEY": KEY,
}
FOR_WORK = {"MONGODB_URI": COMPLETE["MONGODB_URI"], "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}
NEEDED = [(ApiSettings, name) for name in sorted(COMPLETE)] + [(WorkSettings, name) for name in sorted(FOR_WORK)]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A complete environment for each kind of process, and nothing else of ours."""
    for name in (*COMPLETE, *FOR_WORK, "LOTSEN_SECRETS_DIR", "LOTSEN_SANDBOX", "LOTSEN_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (COMPLETE | FOR_WORK).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(kind: type[Settings] = ApiSettings) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(kind)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.usefixtures("environment")
def test_a_complete_environment_gives_settings_outside_a_sandbox() -> None:
    settings = load_settings(ApiSettings)
    assert settings.sandbox is False
    assert settings.namespace == "lotsen"
    assert settings.content_master_key_bytes() == bytes(range(32))
    assert settings.json_body_bytes_max == 1_000_000
    assert settings.file_bytes_max == 10_000_000


@pytest.mark.usefixtures("environment")
def test_brokers_that_ask_nobody_who_it_is_are_reached_in_the_clear() -> None:
    assert load_settings(WorkSettings).brokers().options() == {
        "bootstrap_servers": "kafka:9092",
        "security_protocol": "PLAINTEXT",
    }


def test_a_name_and_a_password_sign_in_to_the_brokers(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("LOTSEN_KAFKA_USERNAME", "events")
    assert refusal(WorkSettings) == "Settings: LOTSEN_KAFKA_PASSWORD is missing"
    (tmp_path / "LOTSEN_KAFKA_PASSWORD").write_text("secret\n", encoding="utf-8")
    environment.setenv("LOTSEN_SECRETS_DIR", str(tmp_path))
    brokers = load_settings(WorkSettings).brokers()
    assert brokers.options() == {
        "bootstrap_servers": "kafka:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "events",
        "sasl_plain_password": "secret",
    }
    assert "secret" not in repr(brokers)


def test_an_authority_for_the_brokers_encrypts_and_checks(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LOTSEN_KAFKA_CA_FILE", ssl.get_default_verify_paths().openssl_cafile)
    options = load_settings(WorkSettings).brokers().options()
    assert options["security_protocol"] == "SSL"
    assert (options["ssl_context"].verify_mode, options["ssl_context"].check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(("kind", "name"), NEEDED)
def test_a_missing_value_is_named(environment: pytest.MonkeyPatch, kind: type[Settings], name: str) -> None:
    environment.delenv(name)
    assert refusal(kind) == f"Settings: {name} is missing"


def test_all_missing_values_are_named_in_one_line(environment: pytest.MonkeyPatch) -> None:
    for name in ("MONGODB_URI", "LOTSEN_CLAIMS_KEY"):
        environment.delenv(name)
    assert "MONGODB_URI is missing" in refusal()
    assert "LOTSEN_CLAIMS_KEY is missing" in refusal()


@pytest.mark.parametrize(("kind", "name"), NEEDED)
@pytest.mark.parametrize("placeholder", ["changeme", "CHANGEME"])
def test_changeme_is_no_value(
    environment: pytest.MonkeyPatch, kind: type[Settings], name: str, placeholder: str
) -> None:
    environment.setenv(name, placeholder)
    assert refusal(kind) == f"Settings: {name}: changeme is not a value"


@pytest.mark.parametrize(
    "address", ["mongodb://user:changeme@db", "mongodb+srv://lotsen:ChangeMe@a.example,b.example/?replicaSet=rs0"]
)
def test_changeme_is_no_password_in_the_address_of_the_database(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("MONGODB_URI", address)
    assert refusal() == "Settings: MONGODB_URI: changeme is not a value"


@pytest.mark.parametrize("address", ["mongodb://user:changemenot@db", "mongodb://db/changeme"])
def test_an_address_that_only_resembles_it_is_taken(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("MONGODB_URI", address)
    assert load_settings(ApiSettings).mongodb_uri.get_secret_value() == address


def test_a_name_and_a_password_sign_in_to_the_database(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("LOTSEN_MONGODB_USERNAME", "events")
    assert refusal() == "Settings: LOTSEN_MONGODB_PASSWORD is missing"
    (tmp_path / "LOTSEN_MONGODB_PASSWORD").write_text("p/w@:\n", encoding="utf-8")
    environment.setenv("LOTSEN_SECRETS_DIR", str(tmp_path))
    settings = load_settings(ApiSettings)
    assert settings.mongodb_address() == "mongodb://events:p%2Fw%40%3A@db/?replicaSet=rs0"
    assert "p/w" not in repr(settings)


def test_a_wrong_value_is_named_and_never_repeated(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LOTSEN_CONTENT_MASTER_KEY", base64.b64encode(b"only-some-secret").decode())
    line = refusal()
    assert line == "Settings: LOTSEN_CONTENT_MASTER_KEY: not 32 bytes as base64"


def test_secrets_are_read_from_files(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MONGODB_URI", "LOTSEN_CLAIMS_KEY"):
        environment.delenv(name)
        (tmp_path / name.lower()).write_text(COMPLETE[name])
    environment.setenv("LOTSEN_SECRETS_DIR", str(tmp_path))
    settings = load_settings(ApiSettings)
    assert settings.mongodb_uri.get_secret_value() == COMPLETE["MONGODB_URI"]
    assert settings.claims_key_bytes() == bytes(range(32))


def test_changeme_in_a_secret_file_is_no_value_either(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("MONGODB_URI")
    (tmp_path / "mongodb_uri").write_text("changeme")
    environment.setenv("LOTSEN_SECRETS_DIR", str(tmp_path))
    assert refusal() == "Settings: MONGODB_URI: changeme is not a value"


def test_a_place_for_secrets_that_is_not_there_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("LOTSEN_SECRETS_DIR", str(tmp_path / "nowhere"))
    assert "LOTSEN_SECRETS_DIR" in refusal()


def test_secrets_do_not_show_in_what_is_printed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MONGODB_URI", "mongodb://user:canary-5521@db")
    assert "canary-5521" not in repr(load_settings(ApiSettings))
    assert KEY not in str(load_settings(ApiSettings))


def test_a_sandbox_vouches_for_itself(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LOTSEN_OIDC_ISSUER", "LOTSEN_JWKS_URL"):
        environment.delenv(name)
    environment.setenv("LOTSEN_SANDBOX", "true")
    environment.setenv("LOTSEN_SANDBOX_CLIENTS_FILE", str(tmp_path / "clients.yaml"))
    settings = load_settings(ApiSettings)
    assert settings.oidc_issuer == "https://lotsen.example/sandbox"
    assert settings.jwks_url == "https://lotsen.example/sandbox/jwks.json"


def test_a_sandbox_without_clients_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LOTSEN_SANDBOX", "true")
    assert refusal() == "Settings: LOTSEN_SANDBOX_CLIENTS_FILE is missing"


def test_display_names_come_from_the_organisations_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = tmp_path / "organisations.yaml"
    names.write_text("org-a: Högskolan i Norr\norg-b: Science park B\n", encoding="utf-8")
    environment.setenv("LOTSEN_ORGANISATIONS_FILE", str(names))
    assert load_settings(ApiSettings).organisations() == {"org-a": "Högskolan i Norr", "org-b": "Science park B"}


@pytest.mark.parametrize("content", ["- a\n- b\n", "org-a: [", "org-a: 7\n"])
def test_a_broken_organisations_file_stops_the_start(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    names = tmp_path / "organisations.yaml"
    names.write_text(content, encoding="utf-8")
    environment.setenv("LOTSEN_ORGANISATIONS_FILE", str(names))
    assert "LOTSEN_ORGANISATIONS_FILE" in refusal()


@pytest.mark.usefixtures("environment")
def test_settings_cannot_be_changed() -> None:
    settings = load_settings(ApiSettings)
    assert isinstance(settings, Settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.sandbox = True  # type: ignore[misc]  # that it cannot be set is the point


@pytest.mark.usefixtures("environment")
def test_who_works_in_the_background_needs_no_key_of_contents_and_who_answers_people_no_broker() -> None:
    assert not hasattr(load_settings(WorkSettings), "content_master_key")
    assert not hasattr(load_settings(ApiSettings), "kafka_bootstrap_servers")


@pytest.mark.usefixtures("environment")
def test_workers_have_no_address_unless_one_is_given_and_may_stand_still_for_a_minute() -> None:
    settings = load_settings(WorkSettings)
    assert settings.health_port is None
    assert settings.health_host == "127.0.0.1"
    assert settings.still_s_max == 60


@pytest.mark.parametrize(("name", "wrong"), [("LOTSEN_HEALTH_PORT", "0"), ("LOTSEN_STILL_S_MAX", "4")])
def test_an_impossible_address_or_limit_of_a_worker_is_named(
    environment: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    environment.setenv(name, wrong)
    assert name in refusal(WorkSettings)
