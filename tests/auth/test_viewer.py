"""What the viewer is told about themselves."""

import pytest

from tests.auth.conftest import ROLES

SECTIONS = [
    "Dashboards", "Contacts", "Leads", "Deals", "Cases", "Tasks", "Projects", "Products", "Quotes",
    "Contracts", "Invoices", "Communications", "Reports", "KPIs & Goals", "Admin",
]  # fmt: skip


async def navigation(person):
    return (await person.run("{ viewer { navigation { key label path } } }"))["viewer"][
        "navigation"
    ]


async def test_setup_13_an_admin_is_shown_every_section_in_order(admin):
    entries = await navigation(admin)

    assert [entry["label"] for entry in entries] == SECTIONS
    assert all(entry["path"] == f"/{entry['key'].lower()}" for entry in entries)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "ADMIN"])
async def test_setup_13_nobody_else_is_shown_the_admin_section(admin, role):
    colleague = await admin.colleague(role)

    assert "ADMIN" not in [entry["key"] for entry in await navigation(colleague)]


async def test_the_viewer_knows_their_permissions_by_category(admin):
    rep = await admin.colleague("REP")
    query = "{ viewer { permissions { category level } } }"

    admins = (await admin.run(query))["viewer"]["permissions"]
    reps = (await rep.run(query))["viewer"]["permissions"]

    assert {line["level"] for line in admins} == {"WRITE"}
    assert len(reps) == 12
    assert {line["category"]: line["level"] for line in reps}["ADMIN"] == "NONE"


async def test_the_viewer_knows_the_limits_of_the_plan(admin):
    query = "{ viewer { workspace { plan limits { requestsPerMinute requestsPerDay } } } }"

    assert (await admin.run(query))["viewer"]["workspace"] == {
        "plan": "PROFESSIONAL",
        "limits": {"requestsPerMinute": 300, "requestsPerDay": 100_000},
    }


async def test_the_viewer_lists_the_teams_they_manage_too(admin):
    await admin.made("Team", name="West", managerId=admin.id)

    viewer = (await admin.run("{ viewer { teams { name } user { teams { nodes { name } } } } }"))[
        "viewer"
    ]

    assert viewer == {"teams": [{"name": "West"}], "user": {"teams": {"nodes": []}}}
