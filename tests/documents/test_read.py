"""Documents: what is read, where it stands, and what is refused with one clear error."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kpirules import InputError
from kpirules.documents import Document, read_bytes, read_data, read_file, read_text


def refused(text: str, source: str = "<text>") -> tuple[str, str]:
    """The code and the place of the one error that a text gets."""
    with pytest.raises(InputError) as caught:
        read_text(text, source)
    (issue,) = caught.value.issues
    return issue.code, str(issue.place)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("2026-01-01", "2026-01-01"), ("10_000", 10000), ("1.5", 1.5), ("1e3", 1000.0),
        ("-3", -3), ("'10'", "10"), ('"true"', "true"), ("true", True), ("False", False), ("~", None), ("null", None), ("1.2.3", "1.2.3"),
        (".5", 0.5), ("0x10", "0x10"), ("12:30", "12:30"), ("! 10", "10"), ("Été", "Été"), ("|-\n  a\n  b", "a\nb"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    """NO is Norway, yes is a word, a date stays a text, and a quoted number stays one."""
    node = read_text(f"key: {text}", "<text>").root.data()["key"]
    assert node == value
    assert type(node) is type(value)


def test_places_are_those_of_the_first_character() -> None:
    """Keys and values know their line and column, counted from 1, in characters."""
    document = read_text("é: {b: 'x'}\nlist:\n  - one\n  - two: 3\n", "f.yaml")
    assert str(document.locate(("é", "b"))) == "f.yaml:1:5"
    assert str(document.locate(("list", 1, "two"))) == "f.yaml:4:5"
    assert str(document.locate(("list", 0))) == "f.yaml:3:5"
    assert str(document.locate(("list", 7, "x"))) == "f.yaml:2:1"


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_json_is_read_with_places(suffix: str) -> None:
    """JSON gives the same tree, tabs, escapes and emoji included."""
    text = '{\n\t"a": [1, "\\u00e9\\ud83d\\ude00", -2.5e3],\n\t"b": {"c": null, "d": true}\n}'
    document = read_text(text, f"f.{suffix}")
    assert document.root.data() == {"a": [1, "é😀", -2500.0], "b": {"c": None, "d": True}}
    assert str(document.locate(("b", "d"))) == f"f.{suffix}:3:19"


def test_flow_yaml_that_looks_like_json_is_yaml() -> None:
    """A text that begins with a brace and is no JSON is read as YAML."""
    assert read_text("{a: b, c: [d]}", "<stdin>").root.data() == {"a": "b", "c": ["d"]}


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "source", "code", "place"),
    [
        ("", "f.yaml", "empty", "f.yaml:1:1"),
        ("  \n# only a comment\n", "f.yaml", "empty", "f.yaml:1:1"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml", "duplicate-key", "f.yaml:3:1"),
        ('{"a": 1, "a": 2}', "f.json", "duplicate-key", "f.json:1:10"),
        ("a: [1, 2\n", "f.yaml", "syntax", "f.yaml:2:1"),
        ('{"a": 1,}', "f.json", "syntax", "f.json:1:9"),
        ("a: !!python/object/apply:os.system [ls]", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: .nan", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: -.inf", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: 1e999", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: " + "9" * 5000, "f.yaml", "not-finite", "f.yaml:1:4"),
        ('{"a": NaN}', "f.json", "not-finite", "f.json"),
        ('{"a": 1e999}', "f.json", "not-finite", "f.json:1:7"),
        ('{"a": ' + "9" * 5000 + "}", "f.json", "not-finite", "f.json"),
        ('{"a": "\\ud800"}', "f.json", "encoding", "f.json:1:7"),
        ("a: &x [*x]", "f.yaml", "syntax", "f.yaml:1:8"),
        ("a: *nowhere", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: 1\n---\nb: 2", "f.yaml", "syntax", "f.yaml:2:1"),
        ("? [a, b]\n: c", "f.yaml", "syntax", "f.yaml:1:3"),
        (BOMB, "f.yaml", "too-large", "f.yaml:6:60"),
        ("[" * 10_000 + "]" * 10_000, "f.yaml", "too-deep", "f.yaml:1:65"),
        ("a: " + "{b: " * 10_000, "f.yaml", "too-deep", "f.yaml:1:256"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, source: str, code: str, place: str) -> None:
    """Each kind of bad input gets one error that says what and where."""
    found, where = refused(text, source)
    assert found == code
    assert where == place or code in ("too-large", "too-deep")  # how far a reader got by then is its own matter


def test_deep_json_is_refused() -> None:
    """Ten thousand levels of JSON are refused, whoever notices first."""
    assert refused("[" * 10_000 + "]" * 10_000, "f.json")[0] == "too-deep"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00a", b"caf\xe9: 1", b"a: \x00", b"\x89PNG\r\n\x1a\n\x00"])
def test_binary_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """What is not UTF-8 text is called so."""
    (tmp_path / "f.yaml").write_bytes(content)
    with pytest.raises(InputError, match=r"\[encoding\]"):
        read_file(tmp_path / "f.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Files of Windows editors begin with a mark that is not part of the first key."""
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_file(tmp_path / "f.yaml").root.data() == {"a": 1, "b": 2}


def test_a_huge_file_is_refused_without_being_parsed() -> None:
    """Fifty megabytes are refused after eight."""
    with pytest.raises(InputError, match="larger than 8 MB"):
        read_bytes(io.BytesIO(b"a" * 50_000_000), "big.yaml")


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, gets one line."""
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError, match="can't read it"):
            read_file(path)


def test_python_data_is_a_document_with_paths() -> None:
    """Plain data has no lines, so its places are paths."""
    document = read_data({"a": [{"b": 1}]}, "<profile>")
    assert str(document.locate(("a", 0, "b"))) == "<profile>: a[0].b"
    for value in (float("nan"), float("inf"), "\ud800"):
        with pytest.raises(InputError):
            read_data({"a": value}, "<profile>")
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(InputError, match="too-deep"):
        read_data(deep, "<profile>")


def test_round_trip_of_json() -> None:
    """What json.dumps writes is read back unchanged."""
    data = {"text": 'quote " and \\ and \n', "numbers": [0, -1, 1.5, 10**20], "nested": {"empty": [], "none": None}}
    document = read_text(json.dumps(data, indent=1), "f.json")
    assert isinstance(document, Document)
    assert document.root.data() == data
