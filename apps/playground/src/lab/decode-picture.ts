/** Decodes a picture in the page, scaled to a square of the given edge: red, green, blue, alpha, row by row. The whole picture is kept;
 *  one that is not square is distorted, as data sets of small pictures usually are. */
export async function decodePicture(file: Blob, edge: number): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(file, { resizeWidth: edge, resizeHeight: edge, resizeQuality: "high" });
  try {
    const canvas = new OffscreenCanvas(edge, edge);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser gives no canvas");
    context.drawImage(bitmap, 0, 0, edge, edge);
    return context.getImageData(0, 0, edge, edge).data;
  } finally {
    bitmap.close();
  }
}
