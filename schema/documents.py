"""The PDFs of quotes, contracts and invoices, as the API shows them."""

from datetime import datetime

import strawberry

from models.sale_enums import Rendering
from schema.values import described

PDF = (
    "It as a PDF. It is made anew within moments of a change; until then, and where that fails, the"
    " latest one is shown."
)


@strawberry.type(description="The PDF of a quote, a contract or an invoice.")
class Document:
    """A PDF, and whether it shows the record as it is."""

    state: Rendering = described("Whether it shows the record as it is now.")
    url: str | None = described(
        "Where it lies; null while there is none. A browser may open it for an hour without a"
        " header, as long as you see the record; programs may leave out the `key` and send"
        " `Authorization` instead."
    )
    sha256: str | None = described("The SHA-256 of its bytes, in hexadecimal digits.")
    size: int | None = described("How many bytes it has.")
    pages: int | None = described("How many pages it has.")
    rendered_at: datetime | None = described("When it was made, or found to be unchanged.")
    error: str | None = described("Why the record could not be rendered, where it FAILED.")
