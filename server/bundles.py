"""The bundled pages, GraphiQL and the live one: their HTML, their scripts and styles."""

import json
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from core.settings import Settings

ENDPOINT: Final = "/graphql"
ASSETS: Final = "/graphql/assets"
STATIC: Final = Path(__file__).parent / "static"
EXAMPLES: Final = Path(__file__).parent.parent / "docs" / "examples"

DIRECTIVES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
)
CONTENT_SECURITY_POLICY: Final = "; ".join(DIRECTIVES)

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# Inside <script>, HTML ends the data at "</script" and changes its meaning at "<!--".
SAFE_IN_HTML: Final = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Coeffection · {title}</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<link rel="stylesheet" href="{style}">
<script id="config" type="application/json">{config}</script>
<script type="module" src="{script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. The API itself answers POST requests at {endpoint}.</noscript>
</body>
</html>
"""


def page(settings: Settings, name: str, title: str, **given: Any) -> Response:
    """A page by the name of its bundle, in development signed in on the demo workspace."""
    token = None if settings.is_production else settings.demo_token or None
    signed_in_as = "Executive" if token else None
    config = {"endpoint": ENDPOINT, "token": token, "signedInAs": signed_in_as} | given
    html = PAGE.format(
        title=title,
        icon=address("icon.svg"),
        style=address(f"{name}.css"),
        script=address(f"{name}.js"),
        config=json.dumps(config, ensure_ascii=False).translate(SAFE_IN_HTML),
        endpoint=ENDPOINT,
    )
    headers = {"content-security-policy": CONTENT_SECURITY_POLICY, "cache-control": "no-store"}
    return Response(html, media_type="text/html", headers=headers)


def asset(name: str) -> tuple[bytes, str] | None:
    """Read a bundled file by its hashed name: its bytes and media type, None for any other name."""
    if name not in {entry["file"] for entry in manifest().values()}:
        return None
    path = STATIC / name
    return path.read_bytes(), MEDIA_TYPES[path.suffix]


def examples() -> list[dict[str, str]]:
    """Read the example operations in the order of their files; a file's first line is its title."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.graphql"))]
    return [{"title": text.partition("\n")[0].strip("# "), "query": text} for text in texts]


def address(source: str) -> str:
    """Where the built form of a source file is served."""
    return f"{ASSETS}/{manifest()[source]['file']}"


def manifest() -> dict[str, dict[str, str]]:
    """Read which built file, with which hash, stands for each source file."""
    text = (STATIC / "manifest.json").read_text(encoding="utf-8")
    files: dict[str, dict[str, str]] = json.loads(text)["files"]
    return files
