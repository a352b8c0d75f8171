"""A headless Chromium that keeps to the page: no updates, no sync, no calls of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
WINDOW: ViewportSize = {"width": 1440, "height": 900}


@asynccontextmanager
async def chromium(path: Path) -> AsyncIterator[Browser]:
    """Start the browser at `path` and close it at the end."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Visit:
    """One window, and what its page asked for and complained of."""

    page: Page
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def kept(self) -> str:
        """Everything the page left in the browser's lasting storage."""
        text: str = await self.page.evaluate("JSON.stringify(localStorage)")
        return text


@asynccontextmanager
async def visiting(
    browser: Browser, address: str, token: str | None = None, **options: Any
) -> AsyncIterator[Visit]:
    """Open a page in a window of its own; at the end it asked no other host and said nothing."""
    context = await browser.new_context(**{"viewport": WINDOW} | options)
    seen = Visit(await context.new_page())
    seen.page.on("request", lambda request: seen.requested.append(request.url))
    seen.page.on("websocket", lambda socket: seen.requested.append(socket.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    if token:
        session = json.dumps(json.dumps({"token": token, "name": "Somebody"}))
        await context.add_init_script(f"sessionStorage.setItem('coeffection.session', {session})")
    await seen.page.goto(address)
    yield seen
    await context.close()
    hosts = {urlsplit(url).netloc for url in seen.requested if not url.startswith("data:")}
    assert hosts == {urlsplit(address).netloc}, hosts
    assert seen.complaints == [], seen.complaints


async def run_query(page: Page) -> str:
    """Run the active tab and read the answer once its data is there."""
    await page.get_by_role("button", name="Execute query").click()
    await page.locator(".result-window", has_text='"data"').wait_for()
    answer: str = await page.evaluate(
        "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
    )
    return answer
