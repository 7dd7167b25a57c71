"""What a folder knows of its demo, and `make reset`."""

import json
import os

import pytest

from portal.embedded import folder, locks


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_VAR_DIR", str(tmp_path))
    return tmp_path


def test_reset_removes_the_demo_and_leaves_the_tests_server(var):
    for name in ("postgres", "mail", "test"):
        (var / name).mkdir()
        (var / name / "file").write_text("x")
    (var / "secret_key").write_text("x")
    assert folder.main() == 0
    assert [path.name for path in var.iterdir()] == ["test"]
    assert folder.main() == 0


def test_reset_refuses_while_the_demo_runs(var, capsys):
    (var / "mail").mkdir()
    with locks.locked(var / "demo.lock"):
        assert folder.main() == 1
    assert (var / "mail").exists()
    assert "running" in capsys.readouterr().err


def test_reset_refuses_while_the_database_is_used(var, monkeypatch):
    (var / "postgres").mkdir()
    with locks.locked(var / "postgres" / "keeper.lock"):
        assert folder.main() == 1
    assert (var / "postgres").exists()


@pytest.fixture
def fresh(var, monkeypatch):
    """A shell in which nothing is set, in a folder where a demo was started."""
    for name in ("PORTAL_TEST", "PORTAL_DEMO", "PORTAL_SECRET_KEY", "PORT", "PORTAL_DEMO_CRM_URL"):
        monkeypatch.setenv(name, "")  # So that it is put back, also when it was not set.
        monkeypatch.delenv(name)
    monkeypatch.setattr(folder, "ROOT", var)
    folder.remember(var, port=8123, crm_url="http://127.0.0.1:8124")
    return var


def test_manage_py_works_on_the_demo_of_its_folder(fresh):
    folder.use_demo_of_this_folder()
    assert os.environ["PORTAL_DEMO"] == "1"
    assert os.environ["PORT"] == "8123"
    assert os.environ["PORTAL_DEMO_CRM_URL"] == "http://127.0.0.1:8124"


@pytest.mark.parametrize("name", ["PORTAL_SECRET_KEY", "PORTAL_DEMO"])
def test_what_is_set_is_never_overridden(fresh, monkeypatch, name):
    monkeypatch.setenv(name, "0")
    folder.use_demo_of_this_folder()
    assert os.environ.get("PORTAL_DEMO") == ("0" if name == "PORTAL_DEMO" else None)
    assert "PORT" not in os.environ


def test_an_env_file_means_production(fresh):
    (fresh / ".env").write_text("")
    folder.use_demo_of_this_folder()
    assert "PORTAL_DEMO" not in os.environ


@pytest.mark.parametrize("content", ["", "{", json.dumps({"other": 1})])
def test_a_broken_note_is_no_demo(fresh, content):
    (fresh / "demo.json").write_text(content)
    folder.use_demo_of_this_folder()
    assert "PORTAL_DEMO" not in os.environ
