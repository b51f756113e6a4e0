"""Documents: what is read, where it stands, and what is refused with one clear error."""

from __future__ import annotations

import datetime
import io
import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpirules import InputError
from kpirules.documents import Document, Node, read_bytes, read_data, read_file, read_text
from kpirules.documents.json import parse_json
from kpirules.documents.node import MAX_DEPTH, MAX_NODES
from kpirules.documents.yaml import parse_yaml


def refused(text: str, source: str = "<text>") -> tuple[str, str]:
    """The code and the place of the one error that a text gets."""
    with pytest.raises(InputError) as caught:
        read_text(text, source)
    (issue,) = caught.value.issues
    assert issue.level == "error"
    return issue.code, str(issue.place)


def refused_data(data: object) -> tuple[str, str]:
    """The code and the place of the one error that Python data gets."""
    with pytest.raises(InputError) as caught:
        read_data(data, "<data>")
    (issue,) = caught.value.issues
    return issue.code, str(issue.place)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("y", "y"), ("2026-01-01", "2026-01-01"), ("2026-01-01 10:00:00Z",) * 2,
        ("10_000", 10000), ("1_000.5", 1000.5), ("1__0", "1__0"), ("_1", "_1"), ("1_", "1_"), ("1.5", 1.5), ("1e3", 1000.0),
        ("1E-2", 0.01), ("1e-999", 0.0), (".5", 0.5), ("5.", 5.0), ("-3", -3), ("+3", 3), ("007", 7), ("-0", 0), ("-x", "-x"), (".", "."),
        ("0x10", "0x10"), ("0o7", "0o7"), ("12:30", "12:30"), ("1.2.3", "1.2.3"), ("1e", "1e"), ("10 000", "10 000"), ("10%", "10%"),
        ("1,5", "1,5"), ("'10'", "10"), ('"1.5"', "1.5"), ('"true"', "true"), ("'null'", "null"), ("''", ""), ("'it''s'", "it's"),
        ('"\\u00e9\\n"', "é\n"), ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False), ("False", False),
        ("~", None), ("null", None), ("Null", None), ("", None), ("none", "none"), ("'.nan'", ".nan"), ("nan", "nan"), ("inf", "inf"),
        ("! 10", "10"), ("! true", "true"), ("Été", "Été"), ("🥐", "🥐"), ("٣", "٣"), ("=", "="), ("<<", "<<"), ("|-\n  a\n  b", "a\nb"),
        (">\n  a\n  b\n", "a b\n"), ("|\n  10\n", "10\n"), ("10 # ten", 10),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    """NO is Norway, yes is a word, a date stays a text, and a quoted number stays one."""
    node = read_text(f"key: {text}", "<text>").root.data()["key"]
    assert node == value
    assert type(node) is type(value)


def test_keys_stay_texts() -> None:
    """A key that looks like a number, a boolean, nothing or a merge is the text that was written."""
    document = read_text("1: a\ntrue: b\n~: c\n<<: {d: e}\n'f g': h\n", "f.yaml")
    assert document.root.data() == {"1": "a", "true": "b", "~": "c", "<<": {"d": "e"}, "f g": "h"}


def test_places_are_those_of_the_first_character() -> None:
    """Values know their line and column, counted from 1, in characters; a place that does not exist is that of what is around it."""
    document = read_text("é: {b: 'x'}\nlist:\n  - one\n  - two: 3\n", "f.yaml")
    assert str(document.locate(("é", "b"))) == "f.yaml:1:5"
    assert str(document.locate(("list", 1, "two"))) == "f.yaml:4:5"
    assert str(document.locate(("list", 0))) == "f.yaml:3:5"
    assert str(document.locate(("list", 7, "x"))) == "f.yaml:2:1"
    assert str(document.locate(())) == "f.yaml:1:1"
    assert document.locate(("list", 1, "two")).path == "list[1].two"


@pytest.mark.parametrize(("text", "source"), [('k:\n  "a b": "c d"\n', "f.yaml"), ('{"k":\n {"a b": "c d"}}', "f.json")])
def test_a_key_has_a_place_of_its_own(text: str, source: str) -> None:
    """A message about a key points at the key, one about a value at the value, its quotes included."""
    document = read_text(text, source)
    assert isinstance(document.root.content, dict)
    inner = document.root.content["k"]
    assert isinstance(inner.content, dict)
    assert str(document.place(inner, key="a b")) == f"{source}:2:3"
    assert str(document.place(inner.content["a b"])) == f"{source}:2:10"
    assert document.place(inner, "k", key="missing") == document.place(inner, "k")
    assert str(document.place()) == f"{source}:1:1"


@pytest.mark.parametrize(
    ("text", "source", "offset"),
    [("a: x", "f.yaml", 0), ("a: 'x'", "f.yaml", 1), ('a: "x"', "f.yaml", 1), ("a: 3", "f.yaml", 0), ("a: |\n  x", "f.yaml", 0),
     ('{"a": "x"}', "f.json", 1), ('{"a": 3}', "f.json", 0), ('{"a": null}', "f.json", 0)],
)  # fmt: skip
def test_the_text_of_a_quoted_value_begins_after_its_quote(text: str, source: str, offset: int) -> None:
    """A column inside a quoted text is counted from the character after the quote."""
    (_, node), *_ = read_text(text, source).root.items()
    assert node.offset == offset


@pytest.mark.parametrize("source", ["f.yaml", "f.json", "<stdin>"])
def test_json_is_read_with_places(source: str) -> None:
    """JSON gives the same tree, tabs, escapes and emoji included, whatever it is called."""
    text = '{\n\t"a": [1, "\\u00e9\\ud83d\\ude00\\t", -2.5e3],\n\t"b": {"c": null, "d": true}\n}'
    document = read_text(text, source)
    assert document.root.data() == {"a": [1, "é😀\t", -2500.0], "b": {"c": None, "d": True}}
    assert str(document.locate(("b", "d"))) == f"{source}:3:19"
    assert document.root.size == 8


def test_flow_yaml_that_looks_like_json_is_yaml() -> None:
    """A text that begins with a brace or a bracket and is no JSON is read as YAML."""
    assert read_text("{a: b, c: [d]}", "<stdin>").root.data() == {"a": "b", "c": ["d"]}
    assert read_text("[a, b,]", "f.yaml").root.data() == ["a", "b"]


def test_only_json_is_read_from_a_json_file() -> None:
    """A file called .json that holds YAML is refused: other programs could not read it."""
    assert refused("{a: b}", "f.json") == ("syntax", "f.json:1:2")


def test_a_directive_and_a_document_start_do_no_harm() -> None:
    """One document may announce itself."""
    assert read_text("%YAML 1.2\n---\na: 1\n...\n", "f.yaml").root.data() == {"a": 1}


def test_aliases_stand_for_what_they_name() -> None:
    """An alias is the anchored value, at the anchor's place; an anchor may be set anew."""
    document = read_text("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n", "f.yaml")
    assert document.root.data() == {"a": [1, 2], "b": [1, 2], "c": 3, "d": 3}
    assert isinstance(document.root.content, dict)
    assert str(document.place(document.root.content["b"])) == "f.yaml:1:4"
    assert document.root.size == 9


def bomb(levels: int) -> str:
    """Ten to the power of `levels` + 1 values in a few lines."""
    names = "abcdefghijklmnopqrstuvwxyz"[: levels + 1]
    rows = [f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in pairwise(names)]
    return "\n".join(["a: &a [x, x, x, x, x, x, x, x, x, x]", *rows])


def nested(depth: int) -> Any:
    """A list in a list in a list ..."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "source", "code", "place"),
    [
        ("", "f.yaml", "empty", "f.yaml:1:1"),
        ("  \n\t\n", "f.json", "empty", "f.json:1:1"),
        ("  \n# only a comment\n", "f.yaml", "empty", "f.yaml:1:1"),
        ("---\n", "f.yaml", "empty", "f.yaml:1:1"),
        ("--- ~\n", "f.yaml", "empty", "f.yaml:1:1"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml", "duplicate-key", "f.yaml:3:1"),
        ("a: {b: 1, 'b': 2}", "f.yaml", "duplicate-key", "f.yaml:1:11"),
        ('{"a": 1, "a": 2}', "f.json", "duplicate-key", "f.json:1:10"),
        ('{"x": {"a": 1,\n "\\u0061": 2}}', "<stdin>", "duplicate-key", "<stdin>:2:2"),
        ("a: [1, 2\n", "f.yaml", "syntax", "f.yaml:2:1"),
        ("a: 'b\n", "f.yaml", "syntax", "f.yaml:2:1"),
        ("a: b: c", "f.yaml", "syntax", "f.yaml:1:5"),
        ("a:\n\t- b\n", "f.yaml", "syntax", "f.yaml:2:1"),
        ("a: @b", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: \"\\q\"", "f.yaml", "syntax", "f.yaml:1:5"),
        ('{"a": 1 "b": 2}', "f.json", "syntax", "f.json:1:9"),
        ('{"a": 1', "f.json", "syntax", "f.json:1:8"),
        ("{'a': 1}", "f.json", "syntax", "f.json:1:2"),
        ('{"a": "b\tc"}', "f.json", "syntax", "f.json:1:9"),
        ('{"a": 01}', "f.json", "syntax", "f.json:1:8"),
        ('{"a": 1} {"b": 2}', "f.json", "syntax", "f.json:1:10"),
        ("a: !!python/object/apply:os.system [ls]", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: !!str 10", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: !mine {b: c}", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: ! [b]", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: .nan", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: [1, -.INF]", "f.yaml", "not-finite", "f.yaml:1:8"),
        ("a: 1e999", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: -1_0e999", "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: " + "9" * 5000, "f.yaml", "not-finite", "f.yaml:1:4"),
        ("a: " + "9" * 5000 + ".5", "f.yaml", "not-finite", "f.yaml:1:4"),
        ('{"a": NaN}', "f.json", "not-finite", "f.json"),
        ('{"a": -Infinity}', "f.json", "not-finite", "f.json"),
        ('{"a": 1e999}', "f.json", "not-finite", "f.json:1:7"),
        ('{"a": ' + "9" * 5000 + "}", "f.json", "not-finite", "f.json"),
        ('{"a": "\\ud800"}', "f.json", "encoding", "f.json:1:7"),
        ('{"a": 1, "\\udc00\\ud800": 1}', "f.json", "encoding", "f.json:1:10"),
        ('a: "\\ud800"', "f.yaml", "syntax", "f.yaml:1:7"),
        ("a: 1\nb: \ud800", "f.yaml", "encoding", "f.yaml:2:4"),
        ("a: 1\nbé: x\x07", "f.yaml", "encoding", "f.yaml:2:6"),
        ('{"a": "\x7f"}', "f.json", "encoding", "f.json:1:8"),
        ("a: &x [*x]", "f.yaml", "syntax", "f.yaml:1:8"),
        ("a: &x {b: {c: *x}}", "f.yaml", "syntax", "f.yaml:1:15"),
        ("a: *nowhere", "f.yaml", "syntax", "f.yaml:1:4"),
        ("a: &x 1\n*x : 2", "f.yaml", "syntax", "f.yaml:2:1"),
        ("a: 1\n---\nb: 2", "f.yaml", "syntax", "f.yaml:2:1"),
        ("? [a, b]\n: c", "f.yaml", "syntax", "f.yaml:1:3"),
        ("? {a: b}\n: c", "f.yaml", "syntax", "f.yaml:1:3"),
        ("[" * 10_000 + "]" * 10_000, "f.yaml", "too-deep", "f.yaml"),
        ("[" * 10_000, "f.yaml", "too-deep", "f.yaml"),
        ("- " * 10_000, "f.yaml", "too-deep", "f.yaml:1:129"),
        ("a: " + "{b: " * 10_000, "f.yaml", "too-deep", "f.yaml:1:256"),
        ("[" * 10_000 + "]" * 10_000, "f.json", "too-deep", "f.json"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "f.json", "too-deep", "f.json"),
        ('{"a":' * 500 + "1" + "}" * 500, "f.json", "too-deep", "f.json:1:321"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, source: str, code: str, place: str) -> None:
    """Each kind of bad input gets one error that says what and where."""
    assert refused(text, source) == (code, place)


@pytest.mark.parametrize("text", ["a: &x [1, 'é', {b: 2}]\nc: *x\n? d\n: |\n  e\n", "{a: 1_0, b: ! 3, c: 'x',}", "- - a\n  - 😀: .5\n-\n"])
def test_pyyaml_without_its_c_library_gives_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml, values and places are the same, and half of a surrogate pair is refused too."""
    expected = parse_yaml(text, "f.yaml")
    monkeypatch.setattr("kpirules.documents.yaml._LOADER", yaml.SafeLoader)
    assert same(parse_yaml(text, "f.yaml"), expected)
    assert refused('a: "\\ud800"', "f.yaml") == ("encoding", "f.yaml:1:4")
    assert refused('"\\ud800": a', "f.yaml") == ("encoding", "f.yaml:1:1")
    assert refused("a: 1\nb: [", "f.yaml") == ("syntax", "f.yaml:2:5")


def test_depth_has_one_limit() -> None:
    """Sixty-four levels are read from YAML, JSON and Python data alike, one more from none."""
    for depth, read in ((MAX_DEPTH - 1, True), (MAX_DEPTH, True), (MAX_DEPTH + 1, False)):
        data = nested(depth - 1)
        flow = json.dumps(data)
        if read:
            for document in (read_text(flow, "f.json"), read_text(flow, "<stdin>"), read_data(data, "<data>")):
                assert document.root.data() == data
            assert parse_yaml(flow, "f.yaml").data() == data
        else:
            assert (
                refused(f"- {flow[1:-1]}", "f.yaml")[0] == refused(json.dumps([data]), "f.json")[0] == refused_data([data])[0] == "too-deep"
            )


@pytest.mark.parametrize("levels", [6, 25])
def test_an_alias_bomb_does_not_go_off(levels: int) -> None:
    """A few lines that stand for millions of values are refused when they reach the limit, before they use up the memory."""
    code, place = refused(bomb(levels), "f.yaml")
    assert code == "too-large"
    assert place.startswith("f.yaml:6:")
    assert read_text(bomb(4), "f.yaml").root.size > 10**5


def test_too_many_values_are_refused() -> None:
    """Half a million values are the most, whatever form they have."""
    many = MAX_NODES + 1
    assert refused("[" + "1," * many + "1]", "f.json")[0] == "too-large"
    assert refused("{" + '"a":1,' * many + '"b":1}', "f.json")[0] == "too-large"
    assert refused_data([0] * many)[0] == "too-large"


def test_shared_and_circular_data_are_refused() -> None:
    """Python data that contains itself is too deep, and data that shares its parts is counted as if it were written out."""
    circle: list[Any] = []
    circle += [circle, circle]
    assert refused_data(circle)[0] == "too-deep"
    shared: Any = "x"
    for _ in range(30):
        shared = [shared, shared]
    assert refused_data(shared)[0] == "too-large"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: é".encode("utf-16"), ":1:1"), ("a: b".encode("utf-16-be"), ""), ("a: b".encode("utf-32"), ":1:1"),
        ("a: 1\nb: café".encode("latin-1"), ":2:7"), (b"a: \x00", ""), (b"\x89PNG\r\n\x1a\n\x00", ":1:1"), (b"a: \xed\xa0\x80", ":1:4"),
        (b"PK\x03\x04\x14", ":1:3"), (bytes(100), ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["f.yaml", "f.json"])
def test_binary_files_are_refused(folder: Path, name: str, content: bytes, place: str) -> None:
    """What is not UTF-8 text is called so, with the place of the first byte that is wrong."""
    Path(name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_file(Path(name))
    (issue,) = caught.value.issues
    assert (issue.code, str(issue.place)) == ("encoding", name + place)


@pytest.mark.parametrize(("name", "content"), [("f.yaml", b"a: 1\r\nb: 2\r\n"), ("f.json", b'{"a": 1, "b": 2}\r\n')])
def test_a_byte_order_mark_does_no_harm(tmp_path: Path, name: str, content: bytes) -> None:
    """Files of Windows editors begin with a mark that is not part of the first key."""
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + content)
    assert read_file(tmp_path / name).root.data() == {"a": 1, "b": 2}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    """Nothing, blank lines and a lone byte order mark are nothing."""
    (tmp_path / "f.yaml").write_bytes(content)
    with pytest.raises(InputError, match=r"the document is empty \[empty\]"):
        read_file(tmp_path / "f.yaml")


def test_a_huge_file_is_refused_without_being_parsed(tmp_path: Path) -> None:
    """Nine megabytes are refused, eight are read, and a stream without an end is read no further than that."""
    (tmp_path / "f.yaml").write_bytes(b"a: " + b"x" * 9_000_000)
    with pytest.raises(InputError, match=r"larger than 8 MB \[too-large\]"):
        read_file(tmp_path / "f.yaml")
    (tmp_path / "f.yaml").write_bytes(b"a: " + b"x" * 7_999_997)
    assert len(read_file(tmp_path / "f.yaml").root.data()["a"]) == 7_999_997
    stream = io.BytesIO(b"a" * 50_000_000)
    with pytest.raises(InputError, match="larger than 8 MB"):
        read_bytes(stream, "<stdin>")
    assert stream.tell() == 8_000_001


def test_missing_files_and_folders_are_refused(folder: Path) -> None:
    """A file that is not there, is a folder, is a link to itself or can't exist gets one line."""
    Path("folder.yaml").mkdir()
    Path("link.yaml").symlink_to("link.yaml")
    for path in ("none.yaml", "folder.yaml", "link.yaml", "a" * 400):
        with pytest.raises(InputError) as caught:
            read_file(Path(path))
        assert str(caught.value).startswith(f"{path}: error: can't read it: ")
        assert caught.value.issues[0].code == "unreadable"
    with pytest.raises(InputError, match=r"^profile: error: can't read it"):
        read_file(Path("none.yaml"), "profile")


def test_python_data_is_a_document_with_paths() -> None:
    """Plain data has no lines, so its places are paths; tuples are lists, and dates and keys become texts."""
    document = read_data({"a": ({"b": 1},), 2: datetime.date(2026, 1, 1), None: True}, "<profile>")
    assert document.root.data() == {"a": [{"b": 1}], "2": "2026-01-01", "None": True}
    assert str(document.locate(("a", 0, "b"))) == "<profile>: a[0].b"
    assert str(document.locate(())) == "<profile>"
    assert document.root.size == 6


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ({"a": math.nan}, "not-finite", "<data>: a"), ({"a": [1, -math.inf]}, "not-finite", "<data>: a[1]"),
        ({"a": 10**5000}, "not-finite", "<data>: a"), ({"a": -(10**4000)}, "not-finite", "<data>: a"),
        ({"a": "\ud800"}, "encoding", "<data>: a"), ({"a": {"\udfff": 1}}, "encoding", "<data>: a"),
        ({"a": Path("\udc80")}, "encoding", "<data>: a"),
    ],
)  # fmt: skip
def test_python_data_that_no_document_could_hold(data: object, code: str, place: str) -> None:
    """What could not be written down or printed again is refused at the door."""
    assert refused_data(data) == (code, place)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "nothing"), (True, "a boolean"), (3, "an integer"), (3.5, "a number"), ("3", "a text"), ({}, "a mapping"), ([], "a list")],
)
def test_values_have_names(value: object, kind: str) -> None:
    """Messages call a type by a name that is not Python's."""
    node = read_data([value], "<data>").root.content
    assert isinstance(node, list)
    assert node[0].kind == kind
    assert list(node[0].items()) == []


def test_a_document_makes_issues() -> None:
    """An issue of a document holds its place; an error about the document points at its beginning."""
    document = read_text("\n  a: 1\n", "f.yaml")
    issue = document.issue("code", "message", document.place(), "do this", level="warning")
    assert str(issue) == "f.yaml:2:3: warning: message [code]\n    do this"
    assert str(document.error("code", "message")) == "f.yaml:2:3: error: message [code]"


# Characters that YAML folds or refuses inside quotes, and JSON doesn't, are left out.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"), max_size=8)
NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS = st.one_of(st.lists(JSON, max_size=4), st.dictionaries(TEXTS, JSON, max_size=4))


@given(DOCUMENTS, st.sampled_from([None, 1]), st.booleans())
def test_what_json_writes_is_read_back(data: Any, indent: int | None, ascii_only: bool) -> None:
    """Any JSON data is the same after a round trip through a text, whatever its layout, and the same as plain Python data."""
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    for document in (read_text(text, "f.json"), read_text(text, "f.yaml"), read_data(data, "<data>")):
        assert isinstance(document, Document)
        assert document.root.data() == data
        assert repr(document.root.data()) == repr(data)


@given(DOCUMENTS, st.sampled_from([None, 1]))
def test_json_and_yaml_readers_agree(data: Any, indent: int | None) -> None:
    """JSON is a kind of YAML: both readers find the same values at the same places."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    assert same(parse_json(text, "f"), parse_yaml(text, "f"))


def same(one: Node, other: Node) -> bool:
    """Whether two trees are the same, places and sizes included."""
    if (one.line, one.column, one.offset, one.size, one.kind) != (other.line, other.column, other.offset, other.size, other.kind):
        return False
    if isinstance(one.content, dict) and isinstance(other.content, dict):
        keys = one.key_positions == other.key_positions and list(one.content) == list(other.content)
        return keys and all(same(one.content[key], other.content[key]) for key in one.content)
    if isinstance(one.content, list) and isinstance(other.content, list):
        return all(same(left, right) for left, right in zip(one.content, other.content, strict=True))
    return repr(one.content) == repr(other.content)


@given(DOCUMENTS, st.sampled_from([None, 3]))
def test_every_value_stands_where_its_place_says(data: Any, indent: int | None) -> None:
    """At the line and column of a value, its own text begins."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    lines = text.split("\n")
    waiting = [read_text(text, "f.json").root]
    while waiting:
        node = waiting.pop()
        assert node.line is not None
        assert node.column is not None
        written = lines[node.line - 1][node.column - 1 :]
        if isinstance(node.content, (dict, list)):
            assert written.startswith("{" if isinstance(node.content, dict) else "[")
            waiting += node.content.values() if isinstance(node.content, dict) else node.content
            for key, (line, column) in node.key_positions.items():
                assert lines[line - 1][column - 1 :].startswith(json.dumps(key, ensure_ascii=False))
        else:
            assert written.startswith(json.dumps(node.content, ensure_ascii=False))
