"""Companies: the organisations contacts belong to."""

from sqlalchemy.orm import Mapped

from models.base import Core, folded, indexed, ref, searched


class Company(Core):
    """An organisation we do business with."""

    __tablename__ = "company"

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    domain: Mapped[str | None]
    domain_key: Mapped[str] = folded("coalesce(domain, '')")
    phone: Mapped[str | None]
    industry: Mapped[str | None]
    industry_key: Mapped[str] = folded("coalesce(industry, '')")
    employee_count: Mapped[int | None] = indexed()
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postcode: Mapped[str | None]
    country: Mapped[str | None]
    country_key: Mapped[str] = folded("coalesce(country, '')")
    owner_id: Mapped[str | None] = ref("user")
    search_key: Mapped[str] = searched("name", "domain", "phone")
