"""Take the README's picture of GraphiQL: python -m tests.server.screenshot URL FILE."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import ViewportSize

from tests.plugins.need import find
from tests.server.browser import chromium, run_query

PICTURE: ViewportSize = {"width": 1360, "height": 1120}


async def take(url: str, file: Path) -> None:
    """Run the first example at `url` and save what the window shows."""
    path = find("browser")
    if path is None:
        sys.exit("There is no Chromium here; set COEFFECTION_BROWSER to one.")
    async with chromium(path) as browser:
        page = await browser.new_page(viewport=PICTURE, color_scheme="light")
        await page.goto(f"{url}/graphql")
        await run_query(page)
        await page.mouse.move(0, 0)
        file.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=file, animations="disabled")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1].rstrip("/"), Path(sys.argv[2])))
