// Fastify, Mercurius with JIT, one loader a relation, pg with prepared statements: no policy, no log.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const { PORT, PG_HOST, PG_USER, PG_DATABASE, WORKSPACE, POOL } = process.env;
for (const type of [1082, 1184, 1700]) pg.types.setTypeParser(type, (text) => text);
const pool = new pg.Pool({ host: PG_HOST, user: PG_USER, database: PG_DATABASE, max: Number(POOL) });

const schema = `
  enum ContactStatus { LEAD PROSPECT CUSTOMER CHURNED }
  enum InvoiceStatus { DRAFT SENT PARTIALLY_PAID PAID OVERDUE VOID }
  input ContactStatusFilter { eq: ContactStatus }
  input InvoiceStatusFilter { eq: InvoiceStatus }
  input TextFilter { eq: String }
  input InvoiceFilter { status: InvoiceStatusFilter }
  input InvoicesFilter { some: InvoiceFilter }
  input ContactFilter { status: ContactStatusFilter invoices: InvoicesFilter }
  input StageFilter { name: TextFilter }
  input DealFilter { stage: StageFilter }
  type Money { amount: String! currency: String! }
  type Company { id: ID! name: String! domain: String industry: String city: String country: String }
  type Contact {
    id: ID! firstName: String! lastName: String! email: String phone: String jobTitle: String
    status: ContactStatus! createdAt: String!
    primaryCompany: Company
    deals(first: Int = 25, filter: DealFilter): DealConnection!
  }
  type Deal {
    id: ID! name: String! closeDate: String! probability: Int! value: Money!
    quotes(first: Int = 25): QuoteConnection!
  }
  type Quote {
    id: ID! number: String! status: String! validUntil: String! total: Money!
    contracts(first: Int = 25): ContractConnection!
  }
  type Contract {
    id: ID! number: String! status: String! startsOn: String value: Money!
    invoices(first: Int = 25): InvoiceConnection!
  }
  type Invoice {
    id: ID! number: String! status: InvoiceStatus! dueDate: String! total: Money!
    payments(first: Int = 25): PaymentConnection!
  }
  type Payment { id: ID! paidOn: String! method: String! value: Money! }
  type ContactConnection { nodes: [Contact!]! }
  type DealConnection { nodes: [Deal!]! }
  type QuoteConnection { nodes: [Quote!]! }
  type ContractConnection { nodes: [Contract!]! }
  type InvoiceConnection { nodes: [Invoice!]! }
  type PaymentConnection { nodes: [Payment!]! }
  type Query {
    contact(id: ID!): Contact
    contacts(first: Int = 25, filter: ContactFilter): ContactConnection!
  }
`;

const CONTACT = `id, first_name AS "firstName", last_name AS "lastName", email, phone,
  job_title AS "jobTitle", status, created_at AS "createdAt", primary_company_id`;
const CHILDREN = {
  deals: { table: "deal", by: "contact_id", order: "id DESC", money: "value",
    columns: `id, name, close_date AS "closeDate", probability, value_amount AS a, value_currency AS c` },
  quotes: { table: "quote", by: "deal_id", order: "id DESC", money: "total",
    columns: `id, number, status, valid_until AS "validUntil", total_amount AS a, currency AS c` },
  contracts: { table: "contract", by: "quote_id", order: "id DESC", money: "value",
    columns: `id, number, status, starts_on AS "startsOn", value_amount AS a, currency AS c` },
  invoices: { table: "invoice", by: "contract_id", order: "id DESC", money: "total",
    columns: `id, number, status, due_date AS "dueDate", total_amount AS a, currency AS c` },
  payments: { table: "payment", by: "invoice_id", order: "paid_on DESC, id DESC", money: "value",
    kept: true, columns: `id, paid_on AS "paidOn", method, amount AS a, currency AS c` },
};
const IN_STAGE = `AND EXISTS (SELECT FROM pipeline_stage s WHERE s.workspace_id = $1
  AND s.id = r.stage_id AND s.name = $4)`;
const WITH_INVOICE = `AND EXISTS (SELECT FROM invoice i WHERE i.workspace_id = $1
  AND i.contact_id = r.id AND i.deleted_at IS NULL AND i.status = $3)`;

const run = (name, text, values) =>
  pool.query({ name, text, values }).then((answer) => answer.rows);

const children = ({ table, by, order, money, kept, columns }) => async (queries) => {
  const { first, filter } = queries[0].params;
  const stage = filter?.stage?.name?.eq;
  const text = `SELECT x.*, p.ord FROM unnest($2::uuid[]) WITH ORDINALITY p (parent, ord)
    CROSS JOIN LATERAL (SELECT ${columns} FROM ${table} r
      WHERE r.workspace_id = $1 AND r.${by} = p.parent ${kept ? "" : "AND r.deleted_at IS NULL"}
      ${stage ? IN_STAGE : ""} ORDER BY ${order} LIMIT $3) x ORDER BY p.ord`;
  const parents = queries.map((query) => query.obj.id);
  const values = [WORKSPACE, parents, first, ...(stage ? [stage] : [])];
  const groups = queries.map(() => ({ nodes: [] }));
  for (const row of await run(`${table}${stage ? "_in_stage" : ""}`, text, values)) {
    row[money] = { amount: row.a, currency: row.c };
    groups[row.ord - 1].nodes.push(row);
  }
  return groups;
};

const primaryCompany = async (queries) => {
  const ids = [...new Set(queries.map((query) => query.obj.primary_company_id))];
  const text = `SELECT id, name, domain, industry, city, country FROM company
    WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL`;
  const found = new Map((await run("companies", text, [WORKSPACE, ids])).map((row) => [row.id, row]));
  return queries.map((query) => found.get(query.obj.primary_company_id) ?? null);
};

const resolvers = {
  Query: {
    contact: async (_, { id }) => {
      const text = `SELECT ${CONTACT} FROM contact
        WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL`;
      return (await run("contact", text, [WORKSPACE, id]))[0] ?? null;
    },
    contacts: async (_, { first, filter }) => {
      const status = filter?.status?.eq;
      const invoiced = filter?.invoices?.some?.status?.eq;
      const text = `SELECT ${CONTACT} FROM contact r WHERE workspace_id = $1 AND deleted_at IS NULL
        ${status ? "AND status = $3" : ""} ${invoiced ? WITH_INVOICE : ""}
        ORDER BY id DESC LIMIT $2`;
      const values = [WORKSPACE, first, ...[status ?? invoiced].filter(Boolean)];
      const name = `contacts${status ? "_status" : ""}${invoiced ? "_invoiced" : ""}`;
      return { nodes: await run(name, text, values) };
    },
  },
};
const loaders = {
  Contact: { primaryCompany, deals: children(CHILDREN.deals) },
  Deal: { quotes: children(CHILDREN.quotes) },
  Quote: { contracts: children(CHILDREN.contracts) },
  Contract: { invoices: children(CHILDREN.invoices) },
  Invoice: { payments: children(CHILDREN.payments) },
};
for (const type of Object.values(loaders))
  for (const [field, loader] of Object.entries(type)) type[field] = { loader, opts: { cache: false } };

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false });
await app.listen({ host: "127.0.0.1", port: Number(PORT) });
