"""Two workspaces with records of every kind, shared by the tests that only read."""

from typing import Any

import pytest

from tests.every_entity.walk import ENTITIES, single
from tests.plugins.dev import eventually
from tests.plugins.world import Client, Server, World
from tests.server.filing import uploaded
from tests.services.importing import sql, uuid


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
        self._add_sequences()
        self._add_activities()
        self._add_merging()
        for client in (self.world.admin, self.world.rep):
            client.act("apiKeyCreate", {"name": "Nightly export"})
            self._import(client)
        for number in range(3):
            email = f"guest{number}@example.com"
            self.world.admin.act("userInvite", {"email": email, "role": "REP"})
        self._add_rates()
        self._add_offers()
        self._add_gates()
        self._add_custom_fields()
        self._add_background()
        self._add_workflows()
        self._add_credit()
        self._add_dashboards()
        self._add_files()
        self._add_mail()
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

    def _add_offers(self) -> None:
        """Quantity discounts, and quotes of everybody that are new or wait for an approval."""
        admin = self.world.admin
        for product in self._first("products", 2):
            for quantity in ("10", "100", "1000"):
                given = {"productId": product, "minQuantity": quantity, "discountPercent": "5"}
                assert not admin.act("productTierCreate", given).errors
        line: dict[str, Any] = {"description": "Workshop", "quantity": "2"}
        line["unitPrice"] = {"amount": "40"}
        for who in ("admin", "rep", "member", "finance"):
            contact = self.world.contact(email=f"buyer.{who}@quote.example")
            deal = self.world.deal(ownerId=self.world.user(who), contactId=contact)
            by_hand: dict[str, Any] = {"productId": self._of("products"), "quantity": "20"}
            by_hand["unitPriceOverride"] = {"amount": "19"}
            lines = [line, line | {"discountPercent": "30"}, by_hand]
            assert not admin.act("quoteCreate", {"dealId": deal, "lines": lines}).errors

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

    def _add_merging(self) -> None:
        """Views of everybody, one's own and shared; records that have tags and other names."""
        admin = self.world.admin
        teams = '{ teams(filter: {name: {eq: "Northern"}}) { nodes { id } } }'
        team = admin.run(teams)["teams"]["nodes"][0]["id"]
        shared: list[dict[str, Any]] = [{}, {"sharing": "WORKSPACE"}]
        shared.append({"sharing": "TEAM", "teamId": team})
        for at, one in enumerate(shared):
            given = {"name": f"View {at}", "recordType": "DEAL"} | one
            assert not admin.act("savedViewCreate", given).errors
        assert not self.world.rep.act(
            "savedViewCreate", given | {"name": "Mine", "sharing": "PRIVATE", "teamId": None}
        ).errors
        for entity in (one for one in ENTITIES if one.core):
            tagged = {"recordIds": self._first(entity.plural, 2), "names": ["Partner", "VIP"]}
            assert not admin.act("tagsAdd", tagged).errors
        called = {"recordId": self._of("contacts"), "source": "hubspot", "value": "1"}
        assert not admin.act("externalIdAdd", called).errors

    def _add_background(self) -> None:
        """Work that was tried too often: the worker gives it up."""
        given_up = """INSERT INTO due_work (workspace_id, id, kind, subject_id, at, attempts)
          SELECT $1, gen_random_uuid(), 'replay', gen_random_uuid(), now(), 5
          FROM generate_series(1, 3)"""
        sql(self.server, given_up, uuid(self.world.id))
        count = "{ deadLetters { totalCount } }"
        admin = self.world.admin
        assert eventually(lambda: admin.run(count)["deadLetters"]["totalCount"] == 3, 60.0)

    def _add_workflows(self) -> None:
        """Workflows with their revisions; one of them has run, and kept what it did."""
        admin = self.world.admin
        given = {"trigger": "RECORD_CREATED", "recordType": "CONTACT", "active": True}
        note = [{"addNote": {"text": "Seen"}}]
        for number in range(3):
            made = given | {"name": f"Note {number}", "steps": note}
            assert not admin.act("workflowCreate", made).errors
        self.world.contact(email="set.off@example.com")
        count = "{ workflowSteps { totalCount } }"
        assert eventually(lambda: admin.run(count)["workflowSteps"]["totalCount"] == 3, 60.0)
        for one in self._first("workflows", 3):
            assert not admin.act("workflowDeactivate", {"id": one}).errors

    def _add_credit(self) -> None:
        """Credit memos and payments on invoices of several people; drafts that are written on."""
        unpaid = "filter: {status: {in: [SENT, OVERDUE, PARTIALLY_PAID]}}"
        query = f"{{ invoices(first: 4, {unpaid}) {{ nodes {{ id }} }} }}"
        for one in self.world.finance.run(query)["invoices"]["nodes"]:
            given = {"invoiceId": one["id"], "reason": "Goodwill", "amount": {"amount": "1"}}
            assert not self.world.finance.act("creditMemoCreate", given).errors
            paid = {"id": one["id"], "amount": {"amount": "1"}}
            assert not self.world.finance.act("invoicePaymentRecord", paid).errors
        contact = self.world.contact(email="drafts@example.com")
        given = {"contactId": contact, "title": "Draft"}
        assert not self.world.admin.act("contractCreate", given).errors
        line = {"description": "Hour", "quantity": "1", "unitPrice": {"amount": "5"}}
        given = {"contactId": contact, "lines": [line]}
        assert not self.world.admin.act("invoiceCreate", given).errors

    def _add_dashboards(self) -> None:
        """Dashboards of one's own, and shared with teams and roles."""
        admin = self.world.admin
        teams = admin.run("{ teams { nodes { id } } }")["teams"]["nodes"]
        shares: list[dict[str, Any]] = [{}, {"roles": ["FINANCE"]}]
        shares.append({"teamIds": [one["id"] for one in teams]})
        for at, share in enumerate(shares):
            made = admin.act("dashboardCreate", {"name": f"Page {at}"}, "dashboard { id }")
            given = {"id": made["dashboard"]["id"]} | share
            assert not admin.act("dashboardShare", given).errors
        assert not self.world.manager.act("dashboardCreate", {"name": "Mine"}).errors

    def _add_leads(self) -> None:
        """Leads of everybody: by a form, given up, converted; rules that would assign them."""
        admin = self.world.admin
        inputs = [{"name": one, "field": one} for one in ("firstName", "lastName", "email")]
        given: dict[str, Any] = {"name": "Ask us", "target": "LEAD", "fields": inputs}
        form = admin.act("webFormCreate", given, "webForm { key }")["webForm"]["key"]
        site = {"name": "Shop", "domain": "shop.example"}
        keys = [
            admin.act("trackingKeyCreate", site, "trackingKey { key }")["trackingKey"]["key"]
            for _ in range(2)
        ]
        person = {"firstName": "Ada", "lastName": "Form", "email": "ada@form.example"}
        asking = admin.act("webFormCreate", given | {"target": "CONTACT"}, "webForm { key }")
        for url in (form, asking["webForm"]["key"]):
            answer = self.server.http.post(f"/forms/{url}", json=person)
            for at in range(3):
                visit = {"eventId": f"{url}{at}", "url": "https://shop.example/", "title": "Shop"}
                visit |= {"visitor": answer.json()["visitor"]}
                assert self.server.http.post(f"/track/{keys[0]}", json=visit).status_code == 204
        team = admin.run("{ teams(first: 1) { nodes { id } } }")["teams"]["nodes"][0]["id"]
        for number in range(3):
            waiting = {"lastName": f"Waits {number}", "queueId": team}
            assert not admin.act("leadCreate", waiting).errors
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

    def _add_sequences(self) -> None:
        """Sequences of tasks, and contacts and leads of everybody in them."""
        admin = self.world.admin
        steps = [{"title": "Call"}, {"title": "Call again", "waitDays": 2}]
        for name in ("After a fair", "After a call"):
            made = admin.act("sequenceCreate", {"name": name, "steps": steps}, "sequence { id }")
            for who in ("rep", "member", "finance", "admin"):
                contact = self.world.contact(email=f"{who}.{name[-4:]}@sequence.example")
                lead = {"lastName": who, "email": f"{who}.{name[-4:]}@lead.example"}
                lead_id = admin.act("leadCreate", lead, "lead { id }")["lead"]["id"]
                given: dict[str, Any] = {"contactIds": [contact], "leadIds": [lead_id]}
                given |= {"sequenceId": made["sequence"]["id"], "ownerId": self.world.user(who)}
                assert not admin.act("sequenceEnroll", given).errors

    def _add_files(self) -> None:
        """Files of everybody, beside records of every kind that has them."""
        admin = self.world.admin
        for entity in (one for one in ENTITIES if one.core):
            query = f"{{ {entity.plural}(first: 3) {{ nodes {{ id }} }} }}"
            for who in ("admin", "rep"):
                for node in self.of(who).run(query)[entity.plural]["nodes"]:
                    upload = uploaded(self.of(who), b"Attached", f"{who}.txt")
                    given = {"recordId": node["id"], "uploadId": upload}
                    assert not self.of(who).act("fileAttach", given).errors
        (own, *_) = admin.run("{ files(first: 1) { nodes { id } } }")["files"]["nodes"]
        for contact in (self.world.contact(), self.world.contact(self.world.rep)):
            assert not admin.act("fileLink", {"recordId": contact, "fileId": own["id"]}).errors

    def _add_mail(self) -> None:
        """Templates of e-mails, and mails that came in."""
        admin = self.world.admin
        for name, about in (("Reminder", "LEAD"), ("Thanks", None)):
            given = {"name": name, "subject": "Hello", "body": "<p>{{ sender.name }}</p>"}
            assert not admin.act("emailTemplateCreate", given | {"recordType": about}).errors
        for number in range(3):
            names = [f"{number}{at}.txt" for at in range(4)]
            mail: dict[str, Any] = {"to": ["ann@there.com"], "subject": "Hi", "html": "Enclosed"}
            mail["uploadIds"] = [uploaded(admin, one.encode(), one) for one in names]
            assert not admin.act("emailSend", mail).errors
        hook = admin.act("inboundMailKeyCreate", {}, "url")["url"]
        for number in range(3):
            raw = f"From: a{number}@there.com\nTo: us@here.com\nSubject: Hi\n\nHello"
            assert self.server.http.post(hook, content=raw.encode()).is_success

    def _add_activities(self) -> None:
        """Activities of everybody about records of others, by the text of each; notifications."""
        world = self.world
        contact, deal = world.contact(world.rep), world.deal()
        lead = world.admin.run("{ leads(first: 1) { nodes { id } } }")["leads"]["nodes"][0]["id"]
        number = {"fromNumber": "+14155550111", "toNumber": "+14155550112"}
        mail = {"fromAddress": "ann@there.com", "toAddresses": ["bea@there.com"], "subject": "Hi"}
        given: dict[str, dict[str, Any]] = {
            "noteAdd": {"body": f"Ask @{world.email('member')}"},
            "callLog": number | {"direction": "INBOUND", "durationSeconds": 60},
            "emailLog": mail | {"direction": "OUTBOUND"},
            "smsLog": number | {"direction": "OUTBOUND", "body": "Soon"},
            "meetingLog": {"title": "Demo", "transcript": "Hello", "attendees": ["a@there.com"]},
        }
        abouts = {"admin": [contact], "rep": [contact], "manager": [], "finance": []}
        for who, about in abouts.items():
            for act, values in given.items():
                own = about or [world.contact(world.of(who))]
                assert not world.of(who).act(act, values | {"about": own}).errors
        for record in (deal, lead, self._of("cases"), self._of("products"), self._of("companies")):
            for act, values in given.items():
                assert not world.admin.act(act, values | {"about": [record]}).errors
        for who in ("rep", "finance", "admin"):
            by = world.manager if who == "admin" else world.admin
            task = {"title": "Told", "ownerId": world.user(who)}
            assert not by.act("taskCreate", task).errors

    def _of(self, plural: str) -> str:
        return self._first(plural, 1)[0]

    def _first(self, plural: str, count: int) -> list[str]:
        query = f"{{ {plural}(first: {count}) {{ nodes {{ id }} }} }}"
        return [one["id"] for one in self.world.admin.run(query)[plural]["nodes"]]

    def _add_custom_fields(self) -> None:
        """A few fields of contacts, and one who has all of them."""
        friend = self.world.contact()
        values: list[dict[str, Any]] = [{"key": "size", "number": "12.5"}]
        values.append({"key": "friend", "lookup": friend})
        for given in (
            {"label": "Size", "type": "NUMBER"},
            {"label": "Friend", "type": "LOOKUP", "lookup": "CONTACT"},
            {"label": "Tier", "type": "SELECT", "options": ["Gold", "Tin"]},
        ):
            done = self.world.admin.act("customFieldCreate", given | {"entity": "CONTACT"})
            assert not done.errors
        self.world.contact(customFields=values)

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
        found["Record"] = self._of("contacts")
        for entity in ENTITIES:
            if entity.listed:
                ids = self._first(entity.plural, 2)
                assert ids, f"the stock has no {single(entity)}"
                found[entity.name] = ids[0]
            if entity.mergeable:
                found[f"{entity.name}MergeInput.duplicateIds"] = ids[1]
                found[f"{entity.name}BulkMergeInput.ids"] = ids[1]
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
