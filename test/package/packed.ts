import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

// What a user gets: the package as it is published, in a project of its own.

/** What of esbuild's metafile is read. */
export interface Metafile {
  readonly outputs: {
    readonly [file: string]: {
      readonly inputs: { readonly [source: string]: { readonly bytesInOutput: number } };
      readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
    };
  };
}

/** Builds the package into a folder. @param what "js": the programs alone; "all": declarations too. */
export function buildInto(folder: string, what: "js" | "all"): Metafile {
  const meta = join(dirname(folder), "meta.json");
  const only = what === "js" ? ["--only", "js"] : [];
  const args = [resolve("scripts/build.mjs"), "--out", folder, "--meta", meta, ...only];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the package does not build: ${stderr}`);
  return JSON.parse(readFileSync(meta, "utf8")) as Metafile;
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  /** A workspace of this repository. */
  readonly link?: boolean;
}

/** Folders of the packages that are installed with ours. */
export function installedPackages(): readonly { readonly folder: string; readonly isOptional: boolean }[] {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return (
    Object.entries(packages)
      .filter(([folder, { dev, peer, link }]) => folder.startsWith("node_modules/") && !(dev || peer || link))
      // what is for other systems is not installed
      .filter(([folder]) => existsSync(folder))
      .map(([folder, { optional = false }]) => ({ folder, isOptional: optional }))
  );
}

/** Files below a folder, with their bytes. */
export function filesOf(folder: string): readonly { readonly name: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ name: relative(folder, file), bytes: statSync(file).size }));
}

/** A project that has installed the package: `node_modules/gradus`, and what it needs beside it. */
export function installInto(project: string, what: "js" | "all" = "js"): Metafile {
  const home = join(project, "node_modules/gradus");
  mkdirSync(home, { recursive: true });
  const meta = buildInto(join(home, "dist"), what);
  cpSync("package.json", join(home, "package.json"));
  for (const { folder } of installedPackages()) {
    const place = join(project, folder);
    mkdirSync(dirname(place), { recursive: true });
    try {
      symlinkSync(resolve(folder), place);
    } catch (error) {
      // within another package's folder, which is linked already
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  const dependencies = { gradus: JSON.parse(readFileSync("package.json", "utf8")).version };
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true, dependencies }));
  return meta;
}
