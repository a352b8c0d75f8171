"""Words that demo records are named with."""

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words(
    "Ada Aisha Alice Amara Anders Andrea Anna Arjun Ava Beatriz Ben Bianca Carl Carmen Chloe Clara"
    " Daniel Daria David Deniz Diego Elena Eli Elif Emily Émile Emma Erik Esther Eva Fatima Felix"
    " Fiona Gabriel George Grace Hana Hannah Hassan Helen Henry Hugo Ibrahim Ines Irene Isaac Ivan"
    " Jack Jana Jasmine Jonas Joseph Julia Kaito Karin Karl Katarzyna Keiko Kofi Laila Lars Laura"
    " Leo Liam Lina Lucas Lucía Maja Marco Maria Marta Mateo Maya Mei Mila Mohamed Nadia Naomi"
    " Nathan Nina Noah Nora Olga Oliver Omar Oscar Paula Peter Priya Rafael Rania René Rosa Ruth"
    " Samir Sara Sofia Stefan Tara Theo Thomas Tomás Valentina Vera Victor Wei William Yara Yusuf"
    " Zoe Zoltán"
)

LAST = _words(
    "Abbott Abe Adeyemi Ahmed Almeida Andersson Aydın Baker Banerjee Baptiste Becker Bennett Berg"
    " Bianchi Blanc Brooks Byrne Campbell Carter Castillo Chan Choi Clarke Cohen Costa Cruz Dahl"
    " Delgado Diaz Dubois Duarte Edwards Eriksen Evans Fernandes Ferrari Fischer Fleming Fontaine"
    " Foster Fuentes García Gibson Gomez Grant Green Gupta Haddad Hansen Harris Hassan Hayashi"
    " Herrera Hoffmann Horvat Hughes Ito Ivanova Jackson Jansen Jensen Johansson Jones Kapoor"
    " Kaya Keller Kelly Khan Kim Kovács Kowalski Kumar Laurent Lee Lewis Lindberg Lopez Marino"
    " Martin Mendoza Meyer Mitchell Moreau Morgan Müller Nakamura Nguyen Nielsen Novak Nowak"
    " O’Brien Okafor Olsen Ortiz Osei Parker Patel Pereira Petrov Pham Price Quinn Ramos Rao Reed"
    " Ricci Rivera Romero Rossi Russo Saito Santos Sato Schmidt Scott Silva Singh Sørensen Suzuki"
    " Tanaka Taylor Torres Turner Vega Vogel Walker Wang Weber White Wilson Wood Wu Yamamoto Young"
    " Zhang Żuk"
)

JOB_TITLES = (
    "Chief Technology Officer",
    "VP of Engineering",
    "Head of Operations",
    "Director of Procurement",
    "IT Manager",
    "Product Manager",
    "Chief Financial Officer",
    "Finance Manager",
    "Head of Customer Success",
    "Operations Analyst",
    "Solutions Architect",
    "VP of Sales",
    "Marketing Director",
    "Office Manager",
    "Data Engineer",
)

INDUSTRIES = (
    "Software / SaaS",
    "Manufacturing",
    "Logistics",
    "Financial Services",
    "Healthcare",
    "Retail",
    "Energy",
    "Education",
    "Media",
    "Professional Services",
)

COMPANY_FIRST = _words(
    "Amber Apex Arbor Atlas Aurora Beacon Birch Blue Bright Cedar Cobalt Copper Coral Crescent"
    " Delta Eagle Echo Elm Ember Falcon Fern First Forge Gold Granite Grand Green Harbor Hazel"
    " Horizon Iron Ivory Juniper Lark Lumen Maple Meridian Mesa Moss Noble North Nova Oak Ocean"
    " Onyx Orchid Pacific Pine Pioneer Polar Prairie Quartz Raven Redwood River Sage Silver Solar"
    " Sterling Stone Summit Timber True Union Vale Vista West Willow Winter"
)

COMPANY_SECOND = _words(
    "bridge brook crest dale field ford gate grove haven hill lake land light line mark mill peak"
    " point port ridge rock shore side spring stead stream view ville ward water way wood works"
    " yard"
)

COMPANY_KIND = (
    "Analytics",
    "Labs",
    "Logistics",
    "Group",
    "Systems",
    "Partners",
    "Foods",
    "Health",
    "Energy",
    "Studios",
    "Industries",
    "Networks",
)

STREETS = ("Market St", "Main St", "Oak Ave", "2nd Ave", "Lake Dr", "Mission St", "Park Ave")


class Place(NamedTuple):
    """A city as addresses and telephone numbers show it."""

    city: str
    state: str
    postcode: str
    country: str
    dialling: str
    """Country and area code, in front of seven digits."""


PLACES = (
    Place("San Francisco", "CA", "94105", "US", "+1415"),
    Place("New York", "NY", "10018", "US", "+1212"),
    Place("Chicago", "IL", "60606", "US", "+1312"),
    Place("Austin", "TX", "78701", "US", "+1512"),
    Place("Seattle", "WA", "98101", "US", "+1206"),
    Place("Boston", "MA", "02110", "US", "+1617"),
    Place("Denver", "CO", "80202", "US", "+1303"),
    Place("Atlanta", "GA", "30303", "US", "+1404"),
    Place("Portland", "OR", "97204", "US", "+1503"),
    Place("Minneapolis", "MN", "55402", "US", "+1612"),
    Place("Toronto", "ON", "M5H 2N2", "CA", "+1416"),
    Place("Vancouver", "BC", "V6B 1A1", "CA", "+1604"),
)

DEAL_SUBJECTS = ("Platform", "Renewal", "Expansion", "Rollout", "Pilot", "Upgrade", "Bundle")


def company_name(serial: int) -> str:
    """The name of the company with this serial number; about 28,000 go before it comes again."""
    first, second, kind = len(COMPANY_FIRST), len(COMPANY_SECOND), len(COMPANY_KIND)
    total = first * second * kind
    # The step shares no factor with the total, so that every combination has its turn.
    mixed = serial * 10_007 % total
    word = COMPANY_FIRST[mixed % first] + COMPANY_SECOND[mixed // first % second]
    return f"{word} {COMPANY_KIND[mixed // (first * second)]}"


def company_domain(serial: int) -> str:
    """A domain of its own for that company, under a name nobody can register."""
    total = len(COMPANY_FIRST) * len(COMPANY_SECOND) * len(COMPANY_KIND)
    again = serial // total
    name = company_name(serial).lower().replace(" ", "-")
    return f"{name}{again + 1 if again else ''}.example"
