"""Take the pictures of the pages: python -m tests.server.screenshot URL FOLDER."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from tests.plugins.need import find
from tests.server.browser import chromium, run_query

PICTURE: ViewportSize = {"width": 1360, "height": 1120}


LIVE: ViewportSize = {"width": 1280, "height": 680}


async def take(url: str, folder: Path) -> None:
    """Open each page of the server at `url` and save what its window shows."""
    path = find("browser")
    if path is None:
        sys.exit("There is no Chromium here; set COEFFECTION_BROWSER to one.")
    folder.mkdir(parents=True, exist_ok=True)
    async with chromium(path) as browser:
        for name, size, show in (("graphiql", PICTURE, graphiql), ("live", LIVE, live)):
            page = await browser.new_page(viewport=size, color_scheme="light", locale="en-US")
            await show(page, url)
            await page.screenshot(path=folder / f"{name}.png", animations="disabled")


async def graphiql(page: Page, url: str) -> None:
    """The first example with its answer."""
    await page.goto(f"{url}/graphql")
    await run_query(page)
    await page.mouse.move(0, 0)


async def live(page: Page, url: str) -> None:
    """A card on its way to the next column."""
    await page.goto(f"{url}/live")
    await page.locator("[data-card]").nth(1).hover()
    await page.mouse.down()
    await page.locator("[data-stage]").nth(1).hover(position={"x": 150, "y": 205})


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1].rstrip("/"), Path(sys.argv[2])))
