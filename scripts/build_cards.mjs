/**
 * Build the cards: bundle the modules with Lit, minify them, and compress them for browsers. Run by scripts/setup and by
 * scripts/build_release.py.
 *
 *     node scripts/build_cards.mjs [FOLDER OF THE INTEGRATION]
 *
 * The hub serves the build only as long as it was made from the modules that are there. See frontend.py.
 */

import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const CHECKOUT = join(import.meta.dirname, "..");
const PACKAGES = join(CHECKOUT, "tests", "www");
const INTEGRATION = resolve(process.argv[2] ?? join(CHECKOUT, "custom_components", "rls_bedtime"));
const SOURCES = join(INTEGRATION, "www");
const BUILD = join(INTEGRATION, "www_build");

/** The entry module is loaded with every page, the other with the first card. */
const MODULES = ["rls-bedtime.js", "cards.js"];

/** The file that names the modules from which the build was made, by their hash. */
const BUILT_FROM = "built_from";

const { build } = createRequire(join(PACKAGES, "package.json"))("esbuild");

/** Replaces what is borrowed from Home Assistant's page where nothing was built. */
const litFromNpm = {
  name: "lit",
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /\/lit\.js$/ }, ({ importer }) =>
      importer.startsWith(SOURCES) ? esbuild.resolve("lit", { kind: "import-statement", resolveDir: PACKAGES }) : undefined,
    ),
};

/** Return the same hash of a folder as `folder_hash` of frontend.py. */
function hashFolder(folder) {
  const digest = (data) => createHash("sha256").update(data).digest();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const content = createHash("sha256");
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
    content.update(digest(relative(folder, path).split(sep).join("/")));
    content.update(digest(readFileSync(path)));
  }
  return content.digest("hex").slice(0, 12);
}

// Each module is bundled alone: what little both contain is cheaper than a third file that the entry would wait for.
const results = await Promise.all(
  MODULES.map((module) =>
    build({
      absWorkingDir: SOURCES,
      bundle: true,
      entryPoints: [module],
      format: "esm",
      logLevel: "warning",
      minify: true,
      outdir: BUILD,
      plugins: [litFromNpm],
      target: "es2022",
      write: false,
    }),
  ),
);

// A hub that starts meanwhile finds a complete build or none.
const temporary = mkdtempSync(join(INTEGRATION, ".www_build-"));
try {
  for (const { path, contents } of results.flatMap(({ outputFiles }) => outputFiles)) {
    const file = join(temporary, relative(BUILD, path));
    writeFileSync(file, contents);
    writeFileSync(`${file}.gz`, gzipSync(contents, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(contents));
  }
  writeFileSync(join(temporary, BUILT_FROM), hashFolder(SOURCES));
  mkdirSync(BUILD, { recursive: true });
  if (hashFolder(temporary) !== hashFolder(BUILD)) {
    chmodSync(temporary, 0o755);
    rmSync(BUILD, { recursive: true });
    renameSync(temporary, BUILD);
  }
} finally {
  rmSync(temporary, { force: true, recursive: true });
}
