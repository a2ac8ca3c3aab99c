/** A file with its path within the folder that was dropped: the classes of pictures are folders. */
function withPath(file: File, path: string): File {
  return Object.defineProperty(file, "path", { value: path.replace(/^\//, "") });
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file((file) => resolve(withPath(file, entry.fullPath)), reject));
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    for (const entry of some) all.push(entry);
  }
}

async function filesOf(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile) return [await fileOf(entry as FileSystemFileEntry)];
  const entries = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(entries.map(filesOf))).flat();
}

/** The files that were dropped, those in folders too. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<readonly File[]> {
  if (transfer === null) return [];
  // entries must be asked for before the event is over
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((each) => each !== null);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}
