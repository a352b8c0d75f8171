"""What the five roles see and may do."""

import asyncio

import pytest

from tests.auth.conftest import ROLES, Client, address

CONTACTS = "{ contacts { nodes { id owner { id } } totalCount } }"
SUMMED = "{ dealAggregate { total { count sumValue { amount } } } }"


@pytest.fixture
async def people(admin):
    """An Admin, one colleague of each other role, and a Rep in the Manager's team."""
    found = {"ADMIN": admin}
    for role in ROLES:
        if role != "ADMIN":
            found[role] = await admin.colleague(role)
    found["MEMBER"] = await admin.colleague("REP")
    manager, member = found["MANAGER"], found["MEMBER"]
    await admin.made("Team", name="West", managerId=manager.id, memberIds=[member.id])
    return found


async def contacts_of(people):
    """A contact of each person's own, by whose it is."""
    return {
        who: await person.made("Contact", firstName=who, lastName="Own", email=address())
        for who, person in people.items()
    }


async def whose(person, contacts):
    """Whose contacts a person sees: by list, by node, by filter and by search alike."""
    listed = (await person.run(CONTACTS))["contacts"]
    ids = {contact["id"] for contact in listed["nodes"]}
    nodes = await person.run(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=list(contacts.values())
    )
    counted = await person.run("{ contactAggregate { total { count } } }")
    searched = await person.run('{ contacts(search: "Own") { nodes { id } } }')
    assert {node["id"] for node in nodes["nodes"] if node} == ids
    assert {contact["id"] for contact in searched["contacts"]["nodes"]} == ids
    assert listed["totalCount"] == counted["contactAggregate"]["total"]["count"] == len(ids)
    return {who for who, contact in contacts.items() if contact in ids}


SIGHT = {
    "REP": {"REP"},
    "MANAGER": {"MANAGER", "MEMBER"},
    "EXECUTIVE": {*ROLES, "MEMBER"},
    "ADMIN": {*ROLES, "MEMBER"},
    "FINANCE": {"FINANCE"},
}


async def test_role_01_to_05_each_role_sees_its_own_its_teams_or_all(people):
    contacts = await contacts_of(people)

    assert {role: await whose(people[role], contacts) for role in ROLES} == SIGHT


async def test_role_01_a_record_out_of_sight_is_null_and_cannot_be_changed(people):
    contacts = await contacts_of(people)
    rep, theirs = people["REP"], contacts["EXECUTIVE"]
    query = "query ($id: ID!) { node(id: $id) { id } contact(id: $id) { id } }"

    assert await rep.run(query, id=theirs) == {"node": None, "contact": None}
    assert await rep.refusals("contactUpdate", id=theirs, firstName="X") == [("NOT_FOUND", ["id"])]
    assert await rep.refusals("contactDelete", id=theirs) == [("NOT_FOUND", ["id"])]


async def test_role_02_a_manager_sums_only_their_own_and_their_teams_deals(people):
    value = {"amount": "100.00", "currency": "EUR"}
    for person in people.values():
        await person.done("dealCreate", name="Deal", value=value, closeDate="2027-01-31")

    sums = {role: (await people[role].run(SUMMED))["dealAggregate"]["total"] for role in ROLES}

    counts = {role: total["count"] for role, total in sums.items()}
    assert counts == {"REP": 1, "MANAGER": 2, "EXECUTIVE": 6, "ADMIN": 6, "FINANCE": 1}
    amounts = {role: total["sumValue"]["amount"] for role, total in sums.items()}
    assert [float(amounts[role]) for role in ROLES] == [100, 200, 600, 600, 100]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "ADMIN"])
async def test_role_03_admin_acts_are_forbidden_to_the_other_roles(admin, role):
    colleague = await admin.colleague(role)
    acts = {
        "userInvite": {"email": address(), "role": "REP"},
        "userRoleUpdate": {"id": colleague.id, "role": "ADMIN"},
        "userUpdate": {"id": admin.id, "firstName": "X"},
        "teamCreate": {"name": "X", "managerId": admin.id},
    }

    denied = {name: await colleague.denied(name, **given) for name, given in acts.items()}

    assert denied == {name: ["FORBIDDEN"] for name in acts}
    assert await colleague.denials("{ invitations { totalCount } }") == ["FORBIDDEN"]


async def test_role_04_an_admin_sees_invoices_by_row_scope(http, dev):
    counts = await invoices_of_the_demo(http, dev)

    assert counts["admin"] == counts["executive"] > 0


@pytest.mark.waits_for("accounting integrations")
async def test_role_05_finance_sees_every_invoice_and_contract(http, dev):
    counts = await invoices_of_the_demo(http, dev)

    assert counts["finance"] == counts["executive"]
    assert counts["rep"] < counts["finance"]


async def invoices_of_the_demo(http, dev):
    query = "{ invoices { totalCount } contracts { totalCount } }"
    counts = {}
    for who, sign_in in dev.ready["signIns"].items():
        data = await Client(http, sign_in["token"]).run(query)
        counts[who] = data["invoices"]["totalCount"] + data["contracts"]["totalCount"]
    return counts


async def test_role_06_there_are_five_roles_and_no_way_to_make_another(admin):
    data = await admin.run(
        '{ __type(name: "Role") { enumValues { name } }'
        " __schema { mutationType { fields { name } } } }"
    )

    assert {value["name"] for value in data["__type"]["enumValues"]} == set(ROLES)
    acts = {field["name"] for field in data["__schema"]["mutationType"]["fields"]}
    assert {act for act in acts if act.startswith("role")} == {"roleSettingUpdate"}
    body = await admin.post(
        'mutation { userInvite(input: {email: "a@b.com", role: OWNER}) { operationId } }'
    )
    assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.waits_for("exports, reports and webhooks")
async def test_role_08_links_and_filters_hold_to_the_same_rule(people):
    executive, rep = people["EXECUTIVE"], people["REP"]
    hidden = await executive.made("Contact", firstName="Hid", lastName="Den", email=address())
    deal = {"name": "Deal", "closeDate": "2027-01-31", "contactId": hidden, "ownerId": rep.id}
    await executive.done("dealCreate", **deal)

    deals = (await rep.run("{ deals { nodes { name contact { id } } } }"))["deals"]["nodes"]
    assert deals == [{"name": "Deal", "contact": None}]
    through = '{ deals(filter: {contact: {name: {contains: "hid"}}}) { totalCount } }'
    assert (await rep.run(through))["deals"]["totalCount"] == 0
    assert (await executive.run(through))["deals"]["totalCount"] == 1


async def test_setup_12_a_change_of_role_holds_from_the_next_request(admin, other_process):
    rep = await admin.colleague("REP")
    await admin.made("Contact", firstName="A", lastName="B", email=address())
    sessions = [rep, Client(other_process, rep.token)]
    query = "{ viewer { role } contacts { totalCount } }"

    for role, count in (("REP", 0), ("EXECUTIVE", 1), ("REP", 0)):
        changed = await admin.done("userRoleUpdate", "user { role }", id=rep.id, role=role)
        assert changed["user"]["role"] == role
        for session in sessions:
            data = await session.run(query)
            assert (data["viewer"]["role"], data["contacts"]["totalCount"]) == (role, count)


async def test_setup_12_the_last_admin_keeps_the_role(admin):
    assert await admin.refusals("userRoleUpdate", id=admin.id, role="REP") == [
        ("LAST_ADMIN", ["role"])
    ]


async def test_setup_12_one_of_two_admins_may_step_down(admin):
    other = await admin.colleague("ADMIN")

    await admin.done("userRoleUpdate", id=admin.id, role="EXECUTIVE")

    assert await other.refused("userRoleUpdate", id=other.id, role="REP") == "LAST_ADMIN"


async def test_setup_12_of_admins_who_demote_each_other_at_once_one_stays(admin):
    admins = [admin, *[await admin.colleague("ADMIN") for _ in range(3)]]
    victims = [*admins[1:], admins[0]]

    await asyncio.gather(
        *(
            one.post(
                "mutation ($id: ID!) { userRoleUpdate(input: {id: $id, role: REP})"
                " { userErrors { code } } }",
                id=other.id,
            )
            for one, other in zip(admins, victims, strict=True)
        )
    )

    roles = [(await one.run("{ viewer { role } }"))["viewer"]["role"] for one in admins]
    assert roles.count("ADMIN") == 1


async def test_setup_12_who_manages_a_team_keeps_a_role_that_may(admin):
    manager = await admin.colleague("MANAGER")
    team = await admin.made("Team", name="West", managerId=manager.id)

    assert await admin.refusals("userRoleUpdate", id=manager.id, role="REP") == [
        ("MANAGER_ROLE_REQUIRED", ["role"])
    ]
    await admin.done("userRoleUpdate", id=manager.id, role="EXECUTIVE")
    await admin.done("teamUpdate", id=team, managerId=admin.id)
    await admin.done("userRoleUpdate", id=manager.id, role="REP")


async def test_sec_06_users_of_another_workspace_are_not_found(admin, sign_up):
    other = await sign_up()

    for name, given in (("userUpdate", {"firstName": "X"}), ("userRoleUpdate", {"role": "REP"})):
        assert await admin.refusals(name, id=other.id, **given) == [("NOT_FOUND", ["id"])]
    assert await admin.run("query ($id: ID!) { user(id: $id) { id } }", id=other.id) == {
        "user": None
    }
    emails = (await admin.run("{ users { nodes { email } } }"))["users"]["nodes"]
    assert emails == [{"email": admin.email}]


async def test_users_change_their_own_names(admin):
    rep = await admin.colleague("REP")
    changed = await rep.done(
        "userUpdate", "user { firstName lastName version }", id=rep.id, firstName=" Zoë "
    )

    assert changed["user"] == {"firstName": "Zoë", "lastName": "Tester", "version": 2}
    assert await rep.refused("userUpdate", id=rep.id) == "EMPTY_PATCH"
    assert await rep.refusals("userUpdate", id=rep.id, firstName="", lastName="x" * 81) == [
        ("REQUIRED", ["firstName"]),
        ("TOO_LONG", ["lastName"]),
    ]


async def test_a_name_that_changed_meanwhile_is_not_overwritten(admin):
    await admin.done("userUpdate", id=admin.id, firstName="Zoë")

    payload = await admin.act(
        "userUpdate",
        "userErrors { ... on StaleVersionError { currentVersion changedFields } }",
        id=admin.id,
        firstName="Ada",
        expectedVersion=1,
    )

    [error] = payload["userErrors"]
    assert (error["code"], error["currentVersion"]) == ("STALE_VERSION", 2)
    assert error["changedFields"] == ["firstName", "name"]
