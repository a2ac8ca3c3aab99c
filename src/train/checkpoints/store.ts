/** Where checkpoints are kept: bytes by name. `checkpointFolder` keeps them in a folder; in a page, anything that keeps bytes will do. */
export interface CheckpointStore {
  /** For messages: a folder's path. */
  readonly place: string;
  /** Keeps the bytes whole or not at all: a reader, and a machine that loses power, sees what was there before or what is there now. */
  write(name: string, bytes: Uint8Array): Promise<SavedPlace> | SavedPlace;
  /** The names of what is kept, in any order; empty if nothing was kept yet. */
  names(): Promise<readonly string[]> | readonly string[];
  read(name: string): Promise<Uint8Array> | Uint8Array;
  remove(name: string): Promise<void> | void;
}

export interface SavedPlace {
  readonly file: string;
  readonly bytes: number;
}
