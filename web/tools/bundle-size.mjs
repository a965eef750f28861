// Adds up the compressed JavaScript that the first page needs and fails when it passes the budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const root = "../src/tocsin/entrypoints/static";
const assets = join(root, "assets");
const text = (name) => readFileSync(join(assets, name), "utf8");
const entry = /assets\/(index-[^"]+\.js)/.exec(readFileSync(join(root, "index.html"), "utf8"))?.[1];
const page = readdirSync(assets).find((name) => /^dashboard-.*\.js$/.test(name));

const needed = new Set();
function follow(name) {
  if (!name || needed.has(name)) return;
  needed.add(name);
  // Static imports only: what is imported on demand comes later.
  for (const [, next] of text(name).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) follow(next);
}
follow(entry);
follow(page);
const kilobytes = [...needed].reduce((sum, name) => sum + gzipSync(text(name)).length, 0) / 1000;
console.log(
  `First load: ${kilobytes.toFixed(0)} kB of compressed JavaScript in ${needed.size} files (budget ${BUDGET_KB}).`,
);
if (kilobytes > BUDGET_KB) process.exit(1);
