const GZIP = [0x1f, 0x8b] as const;

/** The bytes of a file that may be gzipped. Some hosts unpack `.gz` files on the way, others do not: the first bytes tell. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!GZIP.every((byte, index) => bytes[index] === byte)) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
