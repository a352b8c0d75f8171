"""Which fields of the schema a plan answers: all, but for a short list with reasons."""

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from tests.plans import operations
from tests.plans.pair import Pair
from tests.plugins.world import World

EXECUTED = {
    "viewer": "one small object a session, written by hand",
    "contactImportTemplate": "a constant of the server, written by hand",
    "rateLimit": "the state of the request itself, no rows",
}


def test_gql_09_every_root_field_compiles_but_for_a_few(
    pair: Pair, populated: World, schema: GraphQLSchema
) -> None:
    query = schema.query_type
    assert query
    executed = {name for name in query.fields if not _compiles(pair, populated, schema, name)}
    assert executed == set(EXECUTED)


def _compiles(pair: Pair, world: World, schema: GraphQLSchema, name: str) -> bool:
    """Whether a root field, with every field of what it answers, is answered by a plan."""
    query = schema.query_type
    assert query
    kind = get_named_type(query.fields[name].type)
    given = {"id": '(id: "cnt_00000000000000000000000000")', "ids": "(ids: [])"}
    arguments = next((given[one] for one in query.fields[name].args if one in given), "")
    if arguments and name not in {"node", "nodes"}:
        prefix = _a_wire_id(world, name)
        if prefix is None:
            return True
        arguments = f'(id: "{prefix}")'
    before = pair.plans.executed()
    pair.same(world.admin, f"{{ {name}{arguments} {_everything(kind)} }}")
    return pair.plans.executed() == before


def _a_wire_id(world: World, single: str) -> str | None:
    kind = single[0].upper() + single[1:]
    lists = world.admin.run(
        '{ __type(name: "Query") { fields { name type { ofType { name } } } } }'
    )
    for field in lists["__type"]["fields"]:
        if (field["type"]["ofType"] or {}).get("name") == f"{kind}Connection":
            found = world.admin.run(f"{{ {field['name']}(first: 1) {{ nodes {{ id }} }} }}")
            nodes = found[field["name"]]["nodes"]
            return nodes[0]["id"] if nodes else None
    return None


def _everything(kind: object) -> str:
    if not isinstance(kind, GraphQLObjectType):
        return "{ id }" if getattr(kind, "name", "") == "Node" else ""
    if kind.name.endswith("Connection"):
        node = operations.node_of(kind)
        page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
        return f"{{ edges {{ cursor }} nodes {_everything(node)} {page} }}"
    parts = [operations.leaves(kind)]
    if "id" in kind.fields:
        parts += [f"{link} {{ id }}" for link in operations.links(kind)]
        parts += [f"{union} {{ __typename }}" for union in operations.unions(kind)]
        parts += [f"{many} {{ totalCount }}" for many in operations.collections(kind)]
    return f"{{ {' '.join(parts)} }}"
