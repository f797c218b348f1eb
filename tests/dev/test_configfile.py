from pathlib import Path

import pytest

from dev import configfile, gotrue, ports, project
from dev.keyring import Keyring
from dev.ports import Ports
from dev.project import Project
from dev.trouble import Trouble
from tests.dev.test_commands import assert_sentence, dev

CONFIG = """
[auth]
site_url = "env(SITE_URL)"
additional_redirect_urls = ["env(PREVIEW_URL)", "https://x.example.com"]
[auth.hook.send_email]
enabled = false
uri = "pg-functions://postgres/hooks/mail"
"""
KEYRING = Keyring()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SITE_URL", "PREVIEW_URL", "MAINSTAY_OVERLAY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "overlays").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "overlays" / "paid.toml").write_text("[auth.hook.send_email]\nenabled = true\n[api]\nmax_rows = 7\n")
    monkeypatch.setattr(project, "SUPABASE", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("home")
def test_what_config_takes_from_the_environment_is_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://app.example.com")
    monkeypatch.setenv("PREVIEW_URL", "https://preview.example.com")
    read = project.read()
    assert read.site_url == "https://app.example.com"
    assert read.redirects == ["https://preview.example.com", "https://x.example.com"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("text", ["", None])
def test_a_variable_that_is_not_set_leaves_the_usual_local_address(
    monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    if text is not None:
        monkeypatch.setenv("SITE_URL", text)
    read = project.read()
    assert read.site_url == "http://127.0.0.1:3000"
    assert read.redirects == ["https://x.example.com"]
    assert {"http://127.0.0.1:3000", "https://x.example.com"} <= set(read.origins)


def test_only_a_whole_text_is_a_reference_and_a_switch_becomes_one() -> None:
    environ = {"ON": "true", "OFF": "false", "TEXT": "t"}
    given = {"a": ["env(ON)", {"b": "env(OFF)"}], "c": "see env(TEXT)", "d": "env(TEXT)", "e": "env(GONE)", "f": 3}
    assert configfile.resolved(given, environ) == {
        "a": [True, {"b": False}],
        "c": "see env(TEXT)",
        "d": "t",
        "e": "env(GONE)",
        "f": 3,
    }


@pytest.mark.usefixtures("home")
def test_an_overlay_is_laid_over_at_every_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    assert project.read().hooks == {}
    monkeypatch.setenv("MAINSTAY_OVERLAY", "paid")
    read = project.read()
    assert read.hooks == {"send_email": "pg-functions://postgres/hooks/mail"}
    assert (read.max_rows, read.redirects) == (7, ["https://x.example.com"])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["unpaid", "../overlays/paid", "/etc/passwd", "PAID", "."])
def test_an_overlay_that_is_not_there_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MAINSTAY_OVERLAY", name)
    with pytest.raises(Trouble, match=r"there is: paid\.$"):
        project.read()


def test_the_overlays_of_this_checkout_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in sorted((project.SUPABASE / "overlays").glob("*.toml")):
        monkeypatch.setenv("MAINSTAY_OVERLAY", path.stem)
        assert project.read().auth != {}


def test_a_wrong_overlay_is_one_sentence(tmp_path: Path) -> None:
    ran = dev("run", "--folder", str(tmp_path), MAINSTAY_OVERLAY="nowhere", MAINSTAY_PORT=str(ports.free_block()))
    assert_sentence(ran, "MAINSTAY_OVERLAY names no overlay")


@pytest.mark.parametrize(("asked", "at_once"), [(None, "true"), ("true", "false")])
def test_real_auth_confirms_at_once_unless_asked_not_to_and_mails_to_the_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str | None, at_once: str
) -> None:
    monkeypatch.delenv("MAINSTAY_CONFIRM", raising=False)
    if asked:
        monkeypatch.setenv("MAINSTAY_CONFIRM", asked)
    hosted = Project(auth={"email": {"enable_confirmations": True}})
    told = gotrue.environment(tmp_path / "auth", Ports(), KEYRING, hosted, "postgresql://u:p@127.0.0.1/postgres")
    assert told["GOTRUE_MAILER_AUTOCONFIRM"] == at_once
    assert (told["GOTRUE_SMTP_HOST"], told["GOTRUE_SMTP_PORT"]) == ("127.0.0.1", str(Ports().mailbox))
