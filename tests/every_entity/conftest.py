"""Two workspaces with records of every kind, shared by the tests that only read."""

from typing import Any

import pytest

from tests.every_entity.walk import ENTITIES, single
from tests.plugins.world import Client, Server, World


class Stocked:
    """A workspace that has records of every entity, and one id of each."""

    def __init__(self, server: Server, contacts: int) -> None:
        self.world = World(server)
        self.server = server
        for role in ("executive", "manager", "rep", "finance"):
            self.world.of(role)
        self.world.join("member", "REP")
        self.world.fill(contacts)
        self._found_teams()
        self._leave_out()
        self._add_cases()
        self._add_tasks()
        self._add_leads()
        for client in (self.world.admin, self.world.rep):
            client.act("apiKeyCreate", {"name": "Nightly export"})
            self._import(client)
        for number in range(3):
            email = f"guest{number}@example.com"
            self.world.admin.act("userInvite", {"email": email, "role": "REP"})
        self._add_rates()
        self._add_gates()
        self.ids = self._ids()

    def of(self, role: str) -> Client:
        """The client of a role."""
        return self.world.of(role)

    def _found_teams(self) -> None:
        teams = {"Northern": ["member"], "Southern": ["executive", "finance"], "Empty": []}
        for name, people in teams.items():
            manager = self.world.user("manager" if name == "Northern" else "executive")
            members = [self.world.user(one) for one in people]
            given = {"name": name, "managerId": manager, "memberIds": members}
            assert not self.world.admin.act("teamCreate", given).errors

    def _leave_out(self) -> None:
        """Records that have only what they must, and letters beyond English."""
        self.world.contact(firstName="Émile", lastName="Żuk")
        self.world.contact(lastName="Ødegård", phone=None, email="Ødegard@Example.com")
        assert not self.world.admin.act("companyCreate", {"name": "Ärger & Söhne 100%_\\"}).errors
        self.world.deal(name="Nobody's yet")
        given = {"sku": "ZZ-1", "name": "Unpriced", "billingType": "ONE_TIME"}
        assert not self.world.admin.act("productCreate", given).errors

    def _add_rates(self) -> None:
        for number in range(3):
            day = f"2026-0{number + 1}-01"
            given = {"currency": "EUR", "rate": f"1.0{number}", "validOn": day}
            assert not self.world.admin.act("exchangeRateSet", given).errors

    def _add_cases(self) -> None:
        """Cases of everybody, in a queue and resolved; what support needs for them."""
        admin = self.world.admin
        template = {"name": "Onboarding", "tasks": [{"title": "Call"}, {"title": "Send"}]}
        span = {"weekday": 1, "opens": "09:00", "closes": "17:00"}
        assert not admin.act("caseTemplateCreate", template).errors
        assert not admin.act("businessHoursSet", {"spans": [span]}).errors
        company = admin.act("companyCreate", {"name": "Initech"}, "company { id }")["company"]
        contact = self.world.contact(company={"connect": company["id"]})
        team = admin.run("{ teams(first: 1) { nodes { id } } }")["teams"]["nodes"][0]["id"]
        owners = [self.world.user(who) for who in ("admin", "rep", "member", "finance")]
        rows = [{"subject": f"Case {at}", "contactId": contact} for at in range(8)]
        for row, owner in zip(rows, owners * 2, strict=True):
            row |= {"ownerId": owner, "queueId": team}
        made = admin.act("caseBulkCreate", {"rows": rows}, "results { case { id } }")["results"]
        assert not admin.act("caseResolve", {"id": made[0]["case"]["id"]}).errors
        assert not admin.act("caseConvertToDeal", {"id": made[1]["case"]["id"]}).errors

    def _add_tasks(self) -> None:
        """Projects and tasks of everybody, in a queue, in milestones and waiting for others."""
        admin = self.world.admin
        team = admin.run("{ teams(first: 1) { nodes { id } } }")["teams"]["nodes"][0]["id"]
        for who in ("rep", "admin"):
            given = {"name": f"Project of {who}", "ownerId": self.world.user(who)}
            given |= {"contactId": self.world.contact(), "description": "All of it"}
            project = admin.act("projectCreate", given, "project { id }")["project"]["id"]
            share = {"projectId": project, "userId": self.world.user("member")}
            assert not admin.act("projectMemberAdd", share).errors
            given = {"projectId": project, "name": "Kick-off"}
            phase = admin.act("milestoneAdd", given, "milestone { id }")["milestone"]["id"]
            rows = [{"title": "Plan", "milestoneId": phase}, {"title": "Sort", "teamId": team}]
            people = ("rep", "manager", "finance")
            rows += [{"title": f"Of {one}", "ownerId": self.world.user(one)} for one in people]
            done = admin.act("taskBulkCreate", {"rows": rows}, "results { task { id } }")
            first, queued, later, *_ = (one["task"]["id"] for one in done["results"])
            assert not admin.act("taskBlockerAdd", {"taskId": later, "blockerId": first}).errors
            assert not admin.act("taskClaim", {"id": queued}).errors
            saved = {"id": project, "name": f"Template of {who}"}
            assert not admin.act("projectSaveAsTemplate", saved).errors
        case = admin.run("{ cases(first: 1) { nodes { id } } }")["cases"]["nodes"][0]["id"]
        company = admin.act("companyCreate", {"name": "Hooli"}, "company { id }")["company"]["id"]
        given = {"firstName": "Lea", "lastName": "Dahl", "email": "lea@example.com"}
        lead = admin.act("leadCreate", given, "lead { id }")["lead"]["id"]
        about = {"companyId": company, "dealId": self.world.deal()}
        rows = [{"title": "Waits", "teamId": team}, {"title": "Ask", "caseId": case}]
        rows.append({"title": "Find out", "leadId": lead})
        rows += [{"title": "Call", name: one} for name, one in about.items()]
        rows.append({"title": "Write", "contactId": self.world.contact()})
        assert not admin.act("taskBulkCreate", {"rows": rows}).errors
        projects = [{"name": "For one", name: one} for name, one in about.items()]
        assert not admin.act("projectBulkCreate", {"rows": projects}).errors

    def _add_gates(self) -> None:
        """A gate of every kind of condition, a task that a stage brings, a request to approve."""
        admin = self.world.admin
        query = """{ pipelines(first: 1, orderBy: [{field: POSITION}]) { nodes {
          stages { nodes { id category } } } } }"""
        (pipeline,) = admin.run(query)["pipelines"]["nodes"]
        stage = [one["id"] for one in pipeline["stages"]["nodes"] if one["category"] == "OPEN"][-1]
        asked = [{"field": "contact"}, {"taskTitle": "Call"}, {"contractType": "NDA"}]
        asked += [{"approverId": self.world.user("manager")}]
        given = {"stageId": stage, "mode": "SOFT", "conditions": asked}
        assert not admin.act("stageGateSet", given).errors
        for title in ("Follow up", "Send"):
            brought = {"stageId": stage, "title": title}
            assert not admin.act("pipelineStageTaskTemplateAdd", brought).errors
        for who in ("rep", "admin"):
            deal = self.world.deal(self.world.of(who), name=f"Asks, {who}")
            given = {"dealId": deal, "toStageId": stage}
            asking = self.world.of(who).act("dealApprovalRequest", given, "approvalRequests { id }")
            request = asking["approvalRequests"][0]["id"]
        decided = {"id": request, "decision": "REJECTED"}
        assert not self.world.manager.act("approvalDecide", decided).errors
        brought = {"stageId": stage, "title": "Check"}
        brought["assignee"] = {"userId": self.world.user("rep")}
        assert not admin.act("pipelineStageTaskTemplateAdd", brought).errors

    def _add_leads(self) -> None:
        """Leads of everybody: by a form, given up, converted; rules that would assign them."""
        admin = self.world.admin
        inputs = [{"name": one, "field": one} for one in ("firstName", "lastName", "email")]
        given: dict[str, Any] = {"name": "Ask us", "target": "LEAD", "fields": inputs}
        form = admin.act("webFormCreate", given, "webForm { key }")["webForm"]["key"]
        person = {"firstName": "Ada", "lastName": "Form", "email": "ada@form.example"}
        assert self.server.http.post(f"/forms/{form}", json=person).is_success
        rule: dict[str, Any] = {"name": "In turn", "kind": "ROUND_ROBIN"}
        rule |= {"memberIds": [self.world.user("rep"), self.world.user("member")]}
        assert not admin.act("leadAssignmentRuleCreate", rule).errors
        rows: list[dict[str, Any]] = []
        for at, who in enumerate(("admin", "rep", "member", "finance", "manager") * 2):
            row = {"firstName": "Émile", "lastName": f"Lead {at}", "ownerId": self.world.user(who)}
            rows.append(row | {"email": f"lead{at}@lead.example", "companyName": f"Firm {at}"})
        made = admin.act("leadBulkCreate", {"rows": rows}, "results { lead { id } }")["results"]
        lost, won, busy, *_ = (one["lead"]["id"] for one in made)
        assert not admin.act("leadDisqualify", {"id": lost, "reason": "No budget"}).errors
        assert not admin.act("taskCreate", {"title": "Call", "leadId": busy}).errors
        given = {"id": won, "contact": {"create": {}}, "company": {"create": {}}, "deal": {}}
        assert not admin.act("leadConvert", given).errors

    def _import(self, client: Client) -> None:
        content = b"First Name,Last Name,Email\nAda,Lovelace,\n"
        given = {"fileName": "people.csv", "size": len(content)}
        upload = client.act("uploadCreate", given, "upload { id putUrl }")["upload"]
        sent = self.server.http.put(upload["putUrl"], content=content, headers=client.headers)
        assert sent.status_code < 300, sent.text
        made = client.act("importCreate", {"uploadId": upload["id"]}, "import { id }")
        assert made["import"]
        self.upload: str = upload["id"]

    def _ids(self) -> dict[str, str]:
        found = {"Workspace": self.world.id, "Upload": self.upload}
        for entity in ENTITIES:
            if entity.listed:
                query = f"{{ {entity.plural}(first: 1) {{ nodes {{ id }} }} }}"
                nodes = self.world.admin.run(query)[entity.plural]["nodes"]
                assert nodes, f"the stock has no {single(entity)}"
                found[entity.name] = nodes[0]["id"]
        return found | self._stages() | {"User": self.world.user("admin")}

    def _stages(self) -> dict[str, str]:
        """A stage of deals, and one of projects for what takes those."""
        query = """{ pipelines(orderBy: [{field: POSITION}]) { nodes {
          id kind stages(first: 1) { nodes { id } } } } }"""
        nodes = self.world.admin.run(query)["pipelines"]["nodes"]
        of = {one["kind"]: one for one in reversed(nodes)}
        stage = {kind: one["stages"]["nodes"][0]["id"] for kind, one in of.items()}
        return {
            "Pipeline": of["DEAL"]["id"],
            "PipelineStage": stage["DEAL"],
            "ProjectMoveInput.toStageId": stage["PROJECT"],
        }


@pytest.fixture(scope="session")
def stock(server: Server) -> Stocked:
    """A workspace with a few records of every entity."""
    return Stocked(server, 30)


@pytest.fixture(scope="session")
def rich(server: Server) -> Stocked:
    """A workspace with more records of every kind than a page holds."""
    return Stocked(server, 130)


@pytest.fixture(scope="session")
def stranger(server: Server) -> Stocked:
    """Another workspace, of somebody who has nothing to do with the first."""
    return Stocked(server, 10)


@pytest.fixture(scope="module")
def acting(server: Server) -> Stocked:
    """A workspace for acts; what they leave behind concerns nobody else."""
    return Stocked(server, 10)
