"""Refusals that carry details have a type that shows them."""

import ast

from core.codes import UserErrorCode
from schema.refusals import REFUSALS
from tests.test_layout import OURS, TREES, named


def raised():
    """Every refusal our code makes with details: where, its code, their names."""
    for path in OURS:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UserError":
                details = {one.arg for one in node.keywords if one.arg}
                if details:
                    yield f"{named(path)}:{node.lineno}", ast.unparse(node.args[0]), details


def test_gql_07_details_of_refusals_are_fields_of_their_type():
    found = list(raised())

    assert found
    for place, code, details in found:
        kind = REFUSALS[UserErrorCode[code.removeprefix("UserErrorCode.")]]
        fields = {one.python_name for one in kind.__strawberry_definition__.fields}
        assert details <= fields, place
