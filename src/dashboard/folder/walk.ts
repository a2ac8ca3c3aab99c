import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Folders deeper than this, and more of them, are not looked into: somebody may open a home folder. */
const DEEPEST = 10;
const MOST_FOLDERS = 20_000;
/** A change in the same moment as a look may not show in the folder's time. */
const UNSURE_MS = 2000;

/** A folder and what is in it. */
export interface Listing {
  readonly folder: string;
  readonly entries: readonly Dirent[];
}

/** The folders below a root, each listed again only if its time changed: after the first look, a look costs one question to the system
 *  for each folder. Links are followed, each folder counts once. Hidden folders and node_modules are left out; what may not be read counts
 *  as empty. */
export class FolderTree {
  readonly #root: string;
  readonly #isLeaf: (listing: Listing) => boolean;
  readonly #known = new Map<string, Listing & { readonly changedAt: number; readonly isSure: boolean }>();

  /** @param isLeaf whether the folders in a folder are left out. */
  constructor(root: string, isLeaf: (listing: Listing) => boolean) {
    this.#root = root;
    this.#isLeaf = isLeaf;
  }

  /** @returns whether any folder has changed, come or gone, and all of them, parents first. */
  look(): { readonly isChanged: boolean; readonly listings: readonly Listing[] } {
    const listings: Listing[] = [];
    const seen = new Set<string>();
    const places = new Set<string>();
    let isChanged = false;
    const open = [{ folder: this.#root, depth: 0 }];
    for (let next = open.shift(); next !== undefined && listings.length < MOST_FOLDERS; next = open.shift()) {
      const { folder, depth } = next;
      const before = this.#known.get(folder);
      const listing = this.#list(folder, places);
      if (listing === undefined) continue;
      if (listing !== before && (before === undefined || !areSame(before.entries, listing.entries))) isChanged = true;
      seen.add(folder);
      listings.push(listing);
      if (depth === DEEPEST || this.#isLeaf(listing)) continue;
      for (const entry of listing.entries) {
        const mayBeFolder = entry.isDirectory() || entry.isSymbolicLink();
        if (mayBeFolder && !entry.name.startsWith(".") && entry.name !== "node_modules") {
          open.push({ folder: join(folder, entry.name), depth: depth + 1 });
        }
      }
    }
    for (const folder of this.#known.keys()) {
      if (seen.has(folder)) continue;
      this.#known.delete(folder);
      isChanged = true;
    }
    return { isChanged, listings };
  }

  /** @param places folders that this look has been in, which links may lead to again. */
  #list(folder: string, places: Set<string>): Listing | undefined {
    try {
      const stats = statSync(folder);
      const place = `${stats.dev} ${stats.ino}`;
      if (!stats.isDirectory() || places.has(place)) return undefined;
      places.add(place);
      const { mtimeMs: changedAt } = stats;
      const before = this.#known.get(folder);
      if (before?.isSure && before.changedAt === changedAt) return before;
      const isSure = Math.abs(Date.now() - changedAt) > UNSURE_MS;
      const listing = { folder, entries: readdirSync(folder, { withFileTypes: true }), changedAt, isSure };
      this.#known.set(folder, listing);
      return listing;
    } catch {
      return undefined;
    }
  }
}

function areSame(a: readonly Dirent[], b: readonly Dirent[]): boolean {
  return (
    a.length === b.length &&
    a.every((entry, index) => entry.name === b[index]?.name && entry.isDirectory() === b[index].isDirectory())
  );
}
