"""The row report tells passed from waiting rows, by the names of tests."""

import pytest

from tests.plugins.rows import Rows, listed, named, report_of


@pytest.mark.parametrize(
    ("test", "rows"),
    [
        ("test_cont_23_row_50001_is_refused", ["CONT-23"]),
        ("test_role_04_inv_08_finance_records_payments[USD]", ["ROLE-04", "INV-08"]),
        ("test_a_browser_2_opens_the_page", []),
        ("test_gql_13_", ["GQL-13"]),
    ],
)
def test_rows_are_read_from_the_start_of_a_name(test, rows):
    assert named(test) == rows


def test_rows_are_listed_by_area_and_number():
    assert listed(["GQL-13", "CONT-20", "GQL-02", "CONT-03"]) == ["CONT-03,20  GQL-02,13"]


def test_a_row_that_waits_is_not_passed_even_when_its_test_passes():
    rows = Rows()
    rows.ran["SETUP-05"].add("passed")
    rows.ran["SETUP-01"].add("passed")
    rows.ran["SETUP-02"] |= {"passed", "failed"}
    rows.waiting["SETUP-05"] = "mail outbox"

    lines = report_of(rows)

    assert rows.passed() == {"SETUP-01"}
    assert lines[:4] == ["passed: 1", "  SETUP-01", "failed: 1", "  SETUP-02"]
    assert lines[4:6] == ["waiting: 1", "  SETUP-05"]
    assert "  SETUP-05 waits for mail outbox" in lines
