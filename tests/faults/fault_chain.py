"""Quote to cash while its processes are killed at the boundaries of their acts, again and again."""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.boundaries import Boundaries
from tests.faults.parts import say
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.signatures import SECRET, Service, serving
from tests.plugins.world import Server, World
from tests.resolvers import quoting
from tests.services.importing import resting, sql, uuid

CHAINS = 12
SEEDS = int(os.environ.get("COEFFECTION_FAULT_SEEDS") or 4)
AT_ONCE = 4
FARTHEST = 30
"""Commits until the next death at most."""
DEATHS = 8
"""Of each process at most: work that dies with its worker five times is given up, and shown."""
_PATIENCE = 300.0
_WON = """SELECT count(*) FROM event WHERE workspace_id = $1 AND type = 'deal.won'
  AND record_id = (SELECT deal_id FROM quote WHERE workspace_id = $1 AND id = $2)"""
_MADE = """SELECT
  (SELECT count(*) FROM contract WHERE workspace_id = $1 AND quote_id = $2),
  (SELECT count(*) FROM invoice WHERE workspace_id = $1 AND quote_id = $2),
  (SELECT count(*) FROM stage_change AS c JOIN pipeline_stage AS s ON s.workspace_id = $1
     AND s.id = c.to_stage_id AND s.category = 'WON' JOIN quote AS q ON q.workspace_id = $1
     AND q.id = $2 AND q.deal_id = c.deal_id WHERE c.workspace_id = $1),
  (SELECT count(*) FROM mail WHERE workspace_id = $1 AND quote_id = $2),
  (SELECT i.total_amount - q.total_amount FROM invoice AS i JOIN quote AS q
     ON q.workspace_id = $1 AND q.id = i.quote_id WHERE i.workspace_id = $1 AND i.quote_id = $2)"""


@dataclass
class Process:
    """A process of the product that is started again whenever it was killed."""

    command: list[str]
    given: dict[str, str]
    line: Boundaries
    chance: random.Random
    log: Path
    ready: Callable[[], bool] = lambda: True
    running: "subprocess.Popen[bytes] | None" = None
    mortal: bool = True
    starts: int = field(default=0)

    async def run(self) -> None:
        """Start it, let it be killed at one of its next acts, and start it again."""
        try:
            while True:
                await self._once()
        finally:
            if self.running is not None:
                self.running.kill()
                self.running.wait()

    async def _once(self) -> None:
        told = environment(**self.given, DATABASE_APP_URL=self.line.url, PYTHONPATH=str(ROOT))
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=told, stdout=log, stderr=subprocess.STDOUT
            )
        self.starts += 1
        assert await asyncio.to_thread(eventually, self.ready, 120), self.log.read_text()[-3000:]
        if self.mortal and len(self.line.deaths) < DEATHS:
            commits, behind = self.chance.randint(1, FARTHEST), self.chance.random() < 0.5
            self.line.arm(self.running.pid, commits, behind=behind)
        await self.line.struck.wait()
        self.line.struck.clear()
        await asyncio.to_thread(self.running.wait)


@dataclass
class Chain:
    """One sale, from a quote to its invoice, by a client that asks again until it is answered."""

    world: World
    url: str
    service: Service
    chance: random.Random
    quote: str = ""
    again: int = 0

    async def run(self) -> None:
        """Make a quote, send it, accept it twice, sign it in any order, and see it paid for."""
        deal = await asyncio.to_thread(quoting.deal, self.world)
        lines = [quoting.described(amount) for amount in ("150.33", "0.07", "12000")]
        given = {"dealId": deal, "taxPercent": "8.25", "lines": lines}
        made = await self._act("quoteCreate", given, "quote { id }")
        self.quote = made["quote"]["id"]
        await self._act("quoteSend", {"id": self.quote}, "quote { id }")
        accepted = await asyncio.gather(*(self._accept() for _ in range(2)))
        (contract,) = {one["contract"]["id"] for one in accepted}
        envelope = await self._envelope(contract)
        envelope.state = "COMPLETED"
        signers = [one["email"] for one in envelope.asked["signers"]]
        events = [self.service.event(envelope, "VIEWED", signer=signers[0])]
        events += [self.service.event(envelope, "SIGNED", signer=one) for one in signers]
        events.append(self.service.event(envelope, "COMPLETED"))
        told = events * 2
        self.chance.shuffle(told)
        for event in told:
            await self._until(lambda event=event: self._told(envelope, event))  # type: ignore[misc]

    async def _told(self, envelope: Any, event: dict[str, Any]) -> bool:
        answer = await asyncio.to_thread(self.service.tell, envelope, event)
        return answer.status_code == httpx.codes.OK

    async def _accept(self) -> dict[str, Any]:
        return await self._act("quoteAccept", {"id": self.quote}, "contract { id }")

    async def _envelope(self, contract: str) -> Any:
        def there() -> list[Any]:
            with self.service.lock:
                known = list(self.service.envelopes.values())
            return [one for one in known if one.asked["title"].startswith(number)]

        query = "query($id: ID!) { contract(id: $id) { number } }"
        found = await asyncio.to_thread(self.world.admin.run, query, id=contract)
        number = f"{found['contract']['number']} "
        assert await asyncio.to_thread(eventually, lambda: bool(there()), _PATIENCE), number
        (envelope,) = there()
        return envelope

    async def _act(self, name: str, given: dict[str, Any], select: str) -> dict[str, Any]:
        """An act by one key, until it was answered."""
        kind = name[0].upper() + name[1:]
        query = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{
          {select} userErrors {{ code message }} }} }}"""
        body = {"query": query, "variables": {"input": given | {"idempotencyKey": str(uuid4())}}}
        found: dict[str, Any] = {}

        async def answered() -> bool:
            async with httpx.AsyncClient(timeout=30) as http:
                answer = await http.post(f"{self.url}/graphql", json=body, headers=headers)
            told = answer.json()
            if "errors" in told:
                codes = {one["extensions"]["code"] for one in told["errors"]}
                assert codes <= {"UNAVAILABLE", "TIMEOUT", "INTERNAL"}, told
                return False
            found.update(told["data"][name])
            return True

        headers = self.world.admin.headers
        await self._until(answered)
        assert not found["userErrors"], (name, found)
        return found

    async def _until(self, done: Callable[[], Awaitable[bool]]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, httpx.HTTPError):
                if await done():
                    return
            self.again += 1
            await asyncio.sleep(0.2)
        raise AssertionError(f"no answer in {_PATIENCE:.0f} s")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def mortal(
    server: Server, service: Service, folder: Path, chance: random.Random
) -> AsyncIterator[tuple[str, list[Process]]]:
    """An API and a worker that are killed at the boundaries of their acts."""
    port = _port()
    url = f"http://127.0.0.1:{port}"
    given = {
        "REDIS_URL": server.ready["redisUrl"],
        "FILES_URL": (Path(server.dev.data) / "files").as_uri(),
        "COEFFECTION_TEST_CLOCK": "1",
        "SIGNATURE_URL": service.url,
        "SIGNATURE_SECRET": SECRET,
        "PUBLIC_URL": url,
        "PORT": str(port),
    }
    lines = [Boundaries(server.ready["appDatabaseUrl"]) for _ in range(2)]

    def serves() -> bool:
        try:
            return httpx.get(f"{url}/healthz", timeout=1).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async with lines[0].laid(), lines[1].laid():
        api = Process(
            [sys.executable, "-P", "-m", "server.api"],
            given,
            lines[0],
            chance,
            folder / "api.log",
            serves,
        )
        worker = Process(
            [sys.executable, "-P", "-m", "jobs.worker"],
            given,
            lines[1],
            chance,
            folder / "worker.log",
        )
        tasks = [asyncio.create_task(one.run()) for one in (api, worker)]
        try:
            assert await asyncio.to_thread(eventually, serves, 120)
            yield url, [api, worker]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_q2c_02_processes_killed_at_any_act_leave_one_contract_one_win_and_one_invoice(
    server: Server, tmp_path: Path
) -> None:
    for seed in range(SEEDS):
        world, chance = World(server), random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        with serving() as service, resting(server):
            async with mortal(server, service, folder, chance) as (url, processes):
                chains = [Chain(world, url, service, chance) for _ in range(CHAINS)]
                turns = asyncio.Semaphore(AT_ONCE)

                async def in_turn(one: Chain, turns: asyncio.Semaphore = turns) -> None:
                    async with turns:
                        await one.run()

                await asyncio.gather(*map(in_turn, chains))
                for one in processes:
                    one.mortal = False
                done = await asyncio.to_thread(eventually, ended(server, world, chains), _PATIENCE)
        assert done, [_found(server, world, one) for one in chains]
        own = [one for one in service.envelopes.values() if world.id in one.asked["callback"]]
        assert len(own) == CHAINS
        api, worker = processes
        say(
            f"Quote to cash, seed {seed}",
            chains=CHAINS,
            api_killed=len(api.line.deaths),
            worker_killed=len(worker.line.deaths),
            behind_a_commit=sum(
                "behind" in death for one in processes for death in one.line.deaths
            ),
            asked_again=sum(one.again for one in chains),
        )


def ended(server: Server, world: World, chains: list[Chain]) -> Callable[[], bool]:
    """Whether every chain has come to its end."""
    return lambda: all(_ended(server, world, one) for one in chains)


def _found(server: Server, world: World, chain: Chain) -> tuple[Any, ...]:
    """How many contracts, invoices, wins and mails; what the sums differ by; wins told."""
    about = (uuid(world.id), uuid(chain.quote))
    return (*sql(server, _MADE, *about)[0], sql(server, _WON, *about)[0][0])


def _ended(server: Server, world: World, chain: Chain) -> bool:
    found = _found(server, world, chain)
    contracts, invoices, won, mails, difference, told = found
    assert contracts <= 1, found
    assert invoices <= 1, found
    assert won <= 1, found
    assert mails <= 1, found
    assert told <= 1, found
    return found[:4] == (1, 1, 1, 1) and difference == 0 and told == 1
