"""Files of all makes: those that are read, those that are refused, and how they are sent."""

import codecs
import os

import pytest

from tests.plugins.world import Server, World
from tests.services.importing import Importer, file_of

ROWS = [
    ["First name", "Last name", "Email", "Company"],
    ["Zoë", "Müller", "zoe@x.example", 'Größe "GmbH"; & Co, KG'],
    ["Ann", "Bee", "ann@x.example", "Two\r\nlines | here"],
]
TEXT = file_of(ROWS)


@pytest.fixture
def importer(world: World) -> Importer:
    """The Admin of a fresh workspace."""
    return Importer(world.admin)


GOOD = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with its mark": TEXT.encode("utf-8-sig"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "Latin-1": TEXT.encode("latin-1"),
    "semicolons": file_of(ROWS, ";").encode(),
    "tabs": file_of(ROWS, "\t").encode(),
    "pipes": file_of(ROWS, "|").encode(),
    "old line ends": TEXT.replace("\r\n", "\n").replace("Two\nlines", "Two\r\nlines").encode(),
    "empty lines": b"\r\n" + TEXT.replace("\r\nAnn", "\r\n,,,\r\n\r\nAnn").encode() + b"\r\n",
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_cont_21_a_file_of_any_make_is_read(importer: Importer, content: bytes):
    assert importer.counts(content) == [2, 0, 0]

    found = importer.contact("zoe@x.example")
    assert (found["firstName"], found["lastName"]) == ("Zoë", "Müller")
    assert found["primaryCompany"]["name"] == 'Größe "GmbH"; & Co, KG'
    assert importer.contact("ann@x.example")["primaryCompany"]["name"] == "Two lines | here"


def test_cont_21_windows_1252_is_read(importer: Importer):
    rows = [["First name", "Last name", "Email"], ["Œuvre’s", "€", "oe@x.example"]]

    assert importer.counts(file_of(rows).encode("cp1252")) == [1, 0, 0]
    assert importer.contact("oe@x.example")["firstName"] == "Œuvre’s"


HEADER = b"First name,Last name,Email\n"
ROW = b"Ann,Bee,ann@x.example\n"
BAD = {
    "empty": (b"", "empty"),
    "only spaces": (b" \n\n  \n", "empty"),
    "only a mark": (codecs.BOM_UTF8, "empty"),
    "no rows": (HEADER, "no rows"),
    "no header": (ROW + ROW, "header"),
    "a huge address for a header": (b"a@b." + b"c" * 300 + b"\n" + ROW, "longer than 200"),
    "a column without header": (b"First name,,Email\n" + ROW, "Column 2 has no header"),
    "two columns of one name": (b"Email,Name,EMAIL\n" + ROW, "Columns 1 and 3"),
    "NUL bytes": (HEADER + b"Ann,B\x00e,ann@x.example\n", "U+0000"),
    "NUL characters in UTF-16": ("Email\na@\x00x.example\n".encode("utf-16"), "U+0000"),
    "UTF-16 without its mark": (TEXT.encode("utf-16-le"), "UTF-16"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "Excel": (b"PK\x03\x04" + os.urandom(400), "Excel"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "broken UTF-8": (codecs.BOM_UTF8 + HEADER + b"Zo\xeb,B,z@x.example\n", "UTF-8"),
    "broken UTF-16": (TEXT.encode("utf-16") + b"\x00", "UTF-16"),
    "no encoding": (HEADER + b"Zo\x81,B\xff,z@x.example\n", "UTF-8"),
    "an open quotation mark": (HEADER + b'"Ann,Bee,ann@x.example\n' + ROW, "quotation mark"),
    "a huge cell": (HEADER + b"A" * 200_000 + b",B,a@x.example\n", "Line 2"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD.keys())
def test_cont_21_a_file_that_is_no_table_is_refused_with_a_reason(
    importer: Importer, content: bytes, words: str
):
    refused = importer.create(content)

    assert refused.codes == ["INVALID_FILE"]
    assert words in refused.errors[0]["message"]
    assert refused.errors[0]["path"] == ["uploadId"]
    listed = importer.client.run("{ imports { totalCount } contacts { totalCount } }")
    assert listed == {"imports": {"totalCount": 0}, "contacts": {"totalCount": 0}}


def test_upload_that_was_not_sent_cannot_be_imported(importer: Importer):
    given = {"uploadId": importer.announce(10)["id"]}

    assert importer.client.act("importCreate", given, "import { id }").codes == [
        "UPLOAD_INCOMPLETE"
    ]


@pytest.mark.parametrize("wrong", ["nonsense", "cnt_01HX9ZK2P8N3QRSTVWXYZABCDE"])
def test_upload_ids_are_checked(importer: Importer, wrong: str):
    refused = importer.client.act("importCreate", {"uploadId": wrong}, "import { id }")

    assert refused.codes == ["INVALID_ID"]


def test_upload_belongs_to_who_announced_it(world: World):
    owner, other = Importer(world.admin), Importer(world.rep)
    made = owner.announce(len(TEXT.encode()))

    assert other.put(made["putUrl"], TEXT.encode()).status_code == 404
    assert owner.put(made["putUrl"], TEXT.encode()).status_code == 201
    given = {"uploadId": made["id"]}
    assert other.client.act("importCreate", given, "import { id }").codes == ["NOT_FOUND"]


def test_upload_needs_a_sign_in(importer: Importer, server: Server):
    made = importer.announce(3)

    assert server.http.put(made["putUrl"], content=b"abc").status_code == 401


def test_upload_has_the_size_that_was_announced(importer: Importer):
    made = importer.announce(10)

    assert importer.put(made["putUrl"], b"much more than ten").status_code == 413
    assert importer.put(made["putUrl"], b"less").status_code == 422
    given = {"uploadId": made["id"]}
    assert importer.client.act("importCreate", given, "import { id }").codes == [
        "UPLOAD_INCOMPLETE"
    ]
    answer = importer.put(made["putUrl"], b"0123456789")
    assert (answer.status_code, answer.json()["size"]) == (201, 10)
    assert importer.put(made["putUrl"], b"9876543210").status_code == 404


def test_upload_of_more_than_64_mb_is_refused(importer: Importer):
    given = {"fileName": "big.csv", "size": 64 * 1024 * 1024 + 1}
    refused = importer.client.act("uploadCreate", given, "upload { id }")

    assert (refused.codes, refused.errors[0]["path"]) == (["INVALID_FILE"], ["size"])


def test_cont_24_files_that_are_not_there_answer_not_found(importer: Importer, server: Server):
    for wrong in ("imp_01HX9ZK2P8N3QRSTVWXYZABCDE", "nonsense", "%00"):
        answer = server.http.get(f"/files/{wrong}", headers=importer.client.headers)
        assert answer.status_code == 404
