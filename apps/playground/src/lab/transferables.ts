import type { Message, NetworkFrame } from "./protocol.ts";

/** Arrays of a frame that were made for it alone. */
function arraysOfFrame({ output, filters }: NetworkFrame): readonly ArrayBufferView[] {
  const shown = filters === undefined ? [] : [filters.values];
  switch (output?.kind) {
    case "plane":
      return [...shown, output.values];
    case "values":
      return [...shown, output.targets, output.predictions];
    case "confusion":
      return [...shown, output.counts];
    case "pictures":
      return [...shown, ...output.wrong.map(({ pixels }) => pixels)];
    default:
      return shown;
  }
}

/** The buffers of a message that move to the page instead of being copied. */
export function transferablesOf(message: Message): readonly ArrayBuffer[] {
  const arrays =
    message.type === "frame"
      ? message.networks.flatMap(arraysOfFrame)
      : message.type === "model"
        ? [message.bytes]
        : [];
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
