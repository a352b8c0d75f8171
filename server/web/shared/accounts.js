// Signing in, up and out through the API.
import { headersFor, post } from "./http.js";

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    token
    userErrors { code message path ... on WorkspaceRequiredError { workspaces { id name } } }
  }
}`;

const SIGN_UP = `mutation SignUp($input: WorkspaceSignUpInput!) {
  workspaceSignUp(input: $input) { token userErrors { code message path } }
}`;

const SIGN_OUT = "mutation SignOut { signOut(input: {}) { userErrors { code } } }";

const VIEWER = `query Viewer {
  viewer { user { firstName lastName } role workspace { name } }
}`;

const ROLES = {
  REP: "Sales Rep",
  MANAGER: "Manager",
  EXECUTIVE: "Executive",
  ADMIN: "Admin",
  FINANCE: "Finance",
};

// Answers { session } or { workspaces } to choose from or { problem }, a sentence.
export async function signIn(endpoint, input) {
  const { data, errors } = await post(endpoint, { query: SIGN_IN, variables: { input } }, headersFor(null));
  if (!data?.signIn) return { problem: errors?.[0]?.message ?? "The server gave no answer." };
  const { token, userErrors } = data.signIn;
  if (token) return { session: { token, name: (await nameOf(endpoint, token)) ?? input.email } };
  const workspaces = userErrors.find(({ code }) => code === "WORKSPACE_REQUIRED")?.workspaces;
  return workspaces ? { workspaces } : { problem: userErrors[0].message };
}

// Answers { session } or { problem }, a sentence.
export async function signUp(endpoint, input) {
  const { data, errors } = await post(endpoint, { query: SIGN_UP, variables: { input } }, headersFor(null));
  if (!data?.workspaceSignUp) return { problem: errors?.[0]?.message ?? "The server gave no answer." };
  const { token, userErrors } = data.workspaceSignUp;
  return token ? { session: { token, name: input.email } } : { problem: userErrors[0].message };
}

export async function nameOf(endpoint, token) {
  const { data } = await post(endpoint, { query: VIEWER }, headersFor(token));
  if (!data?.viewer) return null;
  const { user, role, workspace } = data.viewer;
  return `${user.firstName} ${user.lastName} (${ROLES[role]}, ${workspace.name})`;
}

export async function signOut(endpoint, token) {
  await post(endpoint, { query: SIGN_OUT }, headersFor(token));
}
