from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage

from intranet.reminders.mail import EmlFileBackend


@pytest.fixture
def backend(tmp_path):
    return EmlFileBackend(file_path=str(tmp_path / "mail"))


def test_one_file_a_message_that_mail_programs_read(backend):
    mail = EmailMessage("请给花浇水", "该浇水了。\n第二行 🌱", "大厅 <a@hall.test>", ["b@hall.test"])
    mail.extra_headers["Message-ID"] = "<abc123@reminders.nuanjia>"
    assert backend.send_messages([mail, mail]) == 2
    files = sorted(backend.folder.iterdir())
    assert len(files) == 2
    for file in files:
        assert file.name.startswith("abc123-reminders.nuanjia-")
        assert file.suffix == ".eml"
    data = files[0].read_bytes()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    read = message_from_bytes(data, policy=policy.default)
    assert not read.defects
    assert (read["Subject"], read["To"], read["Message-ID"]) == (
        "请给花浇水",
        "b@hall.test",
        "<abc123@reminders.nuanjia>",
    )
    assert read.get_content().splitlines() == ["该浇水了。", "第二行 🌱"]


def test_nobody_to_write_to_writes_nothing(backend):
    assert backend.send_messages([EmailMessage("s", "b", "a@hall.test", [])]) == 0


def test_a_name_never_leaves_the_folder(backend):
    mail = EmailMessage("s", "b", "a@hall.test", ["b@hall.test"], headers={"Message-ID": "<../../x@y>"})
    backend.send_messages([mail])
    [file] = backend.folder.iterdir()
    assert file.name.startswith("x-y-")


def test_a_disk_that_refuses_raises_or_says_no(backend, monkeypatch):
    def full(*args):
        raise OSError("no space")

    monkeypatch.setattr("os.replace", full)
    mail = EmailMessage("s", "b", "a@hall.test", ["b@hall.test"])
    with pytest.raises(OSError, match="no space"):
        backend.send_messages([mail])
    backend.fail_silently = True
    assert backend.send_messages([mail]) == 0
    assert list(backend.folder.iterdir()) == []
