// Builds the pages' scripts and styles into server/static, byte for byte the same on every machine.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, parse, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");

// Radix's scroll lock writes a <style> element, which a strict style-src refuses; ours adopts a sheet.
const adoptStyles = {
  name: "adopt-styles",
  setup(bundle) {
    bundle.onResolve({ filter: /^react-style-singleton$/ }, () => ({
      path: join(here, "graphiql", "adopted_styles.js"),
    }));
  },
};

async function bundle(entry, jsxImportSource) {
  const built = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outdir: target,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: ["es2022"],
    jsx: "automatic",
    jsxImportSource,
    legalComments: "none",
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".woff2": "dataurl", ".graphql": "text" },
    plugins: [adoptStyles],
    logLevel: "warning",
  });
  return {
    files: built.outputFiles.map(({ path, contents }) => ({ name: parse(path).base, contents })),
    inputs: Object.keys(built.metafile.inputs),
  };
}

function packagesOf(inputs) {
  const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
  return [...new Set(inputs.map((path) => folder.exec(path)?.[1]).filter(Boolean))].sort();
}

async function licenceOf(path) {
  const folder = join(here, path);
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).sort().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file
    ? (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim()
    : `Published under ${license} by its authors; the package holds no copy of the text.`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

async function licences(packages) {
  const rule = `\n${"-".repeat(80)}\n\n`;
  const head = "The scripts and styles of this folder contain these fonts and packages.\n";
  const folder = join(here, "licences");
  const names = (await readdir(folder)).sort();
  const fonts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return [head, ...fonts, ...(await Promise.all(packages.map(licenceOf)))].join(rule);
}

const sha256 = (contents) => createHash("sha256").update(contents).digest("hex");

// What the files were built from: a test compares it, so that a changed source is never left unbuilt.
async function sourcesDigest() {
  const entries = await readdir(here, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.startsWith("node_modules/"))
    .sort();
  const line = async (path) => `${sha256(await readFile(join(here, path)))}  ${path}\n`;
  return sha256((await Promise.all(paths.map(line))).join(""));
}

async function publish(outputs) {
  const files = {};
  for (const { name, contents } of outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const digest = sha256(contents);
    const { name: stem, ext } = parse(name);
    const file = `${stem}-${digest.slice(0, 12)}${ext}`;
    await writeFile(join(target, file), contents);
    files[name] = { file, sha256: digest };
  }
  const manifest = { sources: await sourcesDigest(), files };
  await writeFile(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function removeOldFiles() {
  await mkdir(target, { recursive: true });
  const hashed = /-[0-9a-f]{12}\.(js|css|svg)$/;
  for (const name of await readdir(target)) if (hashed.test(name)) await rm(join(target, name));
}

const pages = [await bundle("graphiql/graphiql.jsx", "react"), await bundle("live/live.jsx", "preact")];
const icon = { name: "icon.svg", contents: await readFile(join(here, "icon.svg")) };
await removeOldFiles();
await publish([...pages.flatMap(({ files }) => files), icon]);
const packages = packagesOf(pages.flatMap(({ inputs }) => inputs));
await writeFile(join(target, "LICENSES.txt"), await licences(packages));
