import { encodeFields, FieldReader, type Report } from "./codec.ts";
import { ACTIVATIONS, type Block, INITS, type Init, MOST_BLOCKS, NORMS } from "./config.ts";

const MOST_UNITS = 1e6;
const MOST_EDGE = 64;

type Word = string | readonly [string, string | number | undefined];

/** `heNormal`, `normal` with `std:0.05`; nothing for "auto". */
export function encodeInit({ type, std }: Init, name = "init"): readonly Word[] {
  return [...(type === "auto" ? [] : [[name, type] as const]), [`${name}Std`, std]];
}

export function decodeInit(reader: FieldReader, name = "init"): Init {
  const type = reader.named(name, INITS) ?? "auto";
  const std = reader.number(`${name}Std`, 0, 1e6);
  return std === undefined ? { type } : { type, std };
}

function wordsOf(block: Block): readonly Word[] {
  switch (block.kind) {
    case "maxPool":
    case "avgPool":
      return [[block.kind, block.size]];
    case "globalAvgPool":
      return [block.kind];
    case "rnn":
    case "lstm":
    case "gru":
      return [[block.kind, block.units], ...encodeInit(block.init), ["dropout", block.dropout || undefined]];
    case "dense":
    case "conv": {
      const { activation, slope, init, norm, dropout, skip } = block;
      return [
        block.kind === "dense" ? ["dense", block.units] : ["conv", block.filters],
        ...(block.kind === "conv" ? [["kernel", block.kernel] as const] : []),
        activation,
        ["slope", slope],
        ...encodeInit(init),
        ["norm", norm === "none" ? undefined : norm],
        ["dropout", dropout || undefined],
        skip ? "skip" : "",
      ];
    }
  }
}

/** Blocks as text: `dense:100,sigmoid*20/dense:10,relu`. Equal neighbours are written once. */
export function encodeBlocks(blocks: readonly Block[]): string {
  const runs: { readonly text: string; count: number }[] = [];
  for (const block of blocks) {
    const text = encodeFields(wordsOf(block));
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count === 1 ? text : `${text}*${count}`)).join("/");
}

function weighted(reader: FieldReader) {
  const activation = reader.oneOf(ACTIVATIONS) ?? "relu";
  const slope = reader.number("slope", 0, 1);
  return {
    activation,
    ...(slope === undefined ? {} : { slope }),
    init: decodeInit(reader),
    norm: reader.named("norm", NORMS) ?? "none",
    dropout: reader.number("dropout", 0, 0.9) ?? 0,
    skip: reader.flag("skip"),
  };
}

const DEFAULT_UNITS = 16;

function decodeBlock(kind: string, reader: FieldReader): Block | undefined {
  const units = () => reader.whole(kind, 1, MOST_UNITS) ?? DEFAULT_UNITS;
  switch (kind) {
    case "dense":
      return { kind, units: units(), ...weighted(reader) };
    case "conv":
      return { kind, filters: units(), kernel: reader.whole("kernel", 1, MOST_EDGE) ?? 3, ...weighted(reader) };
    case "maxPool":
    case "avgPool":
      return { kind, size: reader.whole(kind, 1, MOST_EDGE) ?? 2 };
    case "globalAvgPool":
      reader.flag(kind);
      return { kind };
    case "rnn":
    case "lstm":
    case "gru":
      return { kind, units: units(), init: decodeInit(reader), dropout: reader.number("dropout", 0, 0.9) ?? 0 };
    default:
      return undefined;
  }
}

/** The blocks of such a text. A block of an unknown kind is left out, and reported. */
export function decodeBlocks(text: string, part: string, report: Report): readonly Block[] {
  const blocks: Block[] = [];
  for (const [index, run] of text.split("/").filter(Boolean).entries()) {
    const [fields = "", times] = run.split("*");
    const kind = /^\w+/.exec(fields)?.[0] ?? "";
    const reader = new FieldReader(`${part}.${index}`, fields, report);
    const block = decodeBlock(kind, reader);
    if (block === undefined) {
      report(`${part}.${index}`, fields, "a layer such as dense:100,relu");
      continue;
    }
    reader.end();
    const count = times === undefined ? 1 : Number(times);
    if (!Number.isInteger(count) || count < 1) report(`${part}.${index}`, run, "a whole number after *");
    for (let each = 0; each < (count >= 1 ? count : 1) && blocks.length <= MOST_BLOCKS; each++) blocks.push(block);
  }
  if (blocks.length > MOST_BLOCKS) report(part, text, `at most ${MOST_BLOCKS} layers`);
  return blocks.slice(0, MOST_BLOCKS);
}
