"""Roles: whose records each sees, and what it may do in each category."""

from enum import StrEnum

from models.enums import Role


class Category(StrEnum):
    """The modules permissions are given for."""

    CONTACTS = "CONTACTS"
    LEADS = "LEADS"
    DEALS = "DEALS"
    CASES = "CASES"
    TASKS = "TASKS"
    PROJECTS = "PROJECTS"
    QUOTES = "QUOTES"
    CONTRACTS = "CONTRACTS"
    INVOICES = "INVOICES"
    COMMUNICATIONS = "COMMUNICATIONS"
    REPORTS = "REPORTS"
    ADMIN = "ADMIN"


class Level(StrEnum):
    """How much of a category a role may use, within the rows it sees."""

    NONE = "NONE"
    READ = "READ"
    WRITE = "WRITE"


class Reach(StrEnum):
    """Whose records a role sees."""

    OWN = "OWN"
    TEAM = "TEAM"
    ALL = "ALL"


REACH = {
    Role.REP: Reach.OWN,
    Role.MANAGER: Reach.TEAM,
    Role.EXECUTIVE: Reach.ALL,
    Role.ADMIN: Reach.ALL,
    Role.FINANCE: Reach.OWN,
}

FINANCE_ACCESS = frozenset({Role.FINANCE})
TEAM_MANAGERS = frozenset({Role.MANAGER, Role.EXECUTIVE, Role.ADMIN})

_ALL_BUT_ADMIN = dict.fromkeys(Category, Level.WRITE) | {Category.ADMIN: Level.NONE}

PERMISSIONS = {
    Role.REP: _ALL_BUT_ADMIN | {Category.REPORTS: Level.READ},
    Role.MANAGER: _ALL_BUT_ADMIN,
    Role.EXECUTIVE: _ALL_BUT_ADMIN,
    Role.ADMIN: dict.fromkeys(Category, Level.WRITE),
    Role.FINANCE: _ALL_BUT_ADMIN,
}
