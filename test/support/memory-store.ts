import type { CheckpointStore } from "../../src/train/checkpoints/store.ts";

/** Checkpoints in memory, whose bytes a test may change. */
export interface MemoryStore extends CheckpointStore {
  readonly files: Map<string, Uint8Array>;
}

export function memoryStore(): MemoryStore {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    place: "memory",
    write(name, bytes) {
      files.set(name, bytes);
      return { file: name, bytes: bytes.length };
    },
    names: () => [...files.keys()],
    // a copy: some arrays of what is read are views of it
    read: (name) => (files.get(name) as Uint8Array).slice(),
    remove: (name) => void files.delete(name),
  };
}
