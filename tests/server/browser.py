"""A headless Chromium that keeps to the page: no updates, no sync, no calls of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW: ViewportSize = {"width": 1440, "height": 900}


@asynccontextmanager
async def chromium(path: Path) -> AsyncIterator[Browser]:
    """Start the browser at `path` and close it at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


async def run_query(page: Page) -> str:
    """Run the active tab and read the answer once its data is there."""
    await page.get_by_role("button", name="Execute query").click()
    await page.locator(".result-window", has_text='"data"').wait_for()
    answer: str = await page.evaluate(
        "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
    )
    return answer
