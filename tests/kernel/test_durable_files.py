"""What is saved is on the disk with its name before whoever saved it goes on."""

import os

from django.core.files.base import ContentFile

from maplebridge.kernel.storage import DurableFiles


def test_a_file_its_folder_and_every_new_folder_are_flushed(tmp_path, monkeypatch):
    flushed, flush = [], os.fsync

    def noted(opened):
        flushed.append(os.readlink(f"/proc/self/fd/{opened}"))
        flush(opened)

    monkeypatch.setattr(os, "fsync", noted)
    storage = DurableFiles(location=tmp_path)
    first, second = (storage.save(f"2026/11/{name}.jpg", ContentFile(b"photo")) for name in ("a", "b"))
    new = ["2026/11/a.jpg", "2026/11", "2026", "."]
    assert flushed[:4] == [str(tmp_path / each) for each in new]
    assert flushed[4:] == [str(tmp_path / each) for each in ("2026/11/b.jpg", "2026/11")]
    assert [(tmp_path / name).read_bytes() for name in (first, second)] == [b"photo"] * 2
