// PostGraphile 5 as its documentation starts it: the Amber preset, one pool, nothing added but filters.
// Its index plugin does not count partial indexes, which most of ours are, so it would hide relations.
import { createServer } from "node:http";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const { PORT, PG_HOST, PG_USER, PG_DATABASE, POOL } = process.env;
const pool = new pg.Pool({ host: PG_HOST, user: PG_USER, database: PG_DATABASE, max: Number(POOL) });
const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ pool, schemas: ["public"] })],
  schema: { connectionFilterRelations: true, connectionFilterAllowNullInput: true },
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
};
const instance = postgraphile(preset);
const server = createServer();
const serv = instance.createServ(grafserv);
await serv.addTo(server);
server.listen(Number(PORT), "127.0.0.1");
