import { type Label, lowName, type Mask, type Place, type Vector } from "./registers.ts";
import { extentBytes, type VectorSpec } from "./vector-table.ts";

const SIZES: Readonly<Record<number, string>> = {
  0: "",
  1: "BYTE PTR ",
  2: "WORD PTR ",
  4: "DWORD PTR ",
  8: "QWORD PTR ",
  16: "XMMWORD PTR ",
  32: "YMMWORD PTR ",
  64: "ZMMWORD PTR ",
};

export function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

export function labelName({ id }: Label): string {
  return `L${id}`;
}

/** An operand in a listing, in Intel's syntax.
 *  @param bytes size of the memory operand; 0 if only its address matters. */
export function text(place: Place | Vector | Mask, bytes: number): string {
  if (place.kind !== "memory") return place.kind === "general" && bytes === 4 ? lowName(place) : place.name;
  const { base, index, scale, displacement } = place;
  const parts = [base.kind === "label" ? labelName(base) : base.name];
  if (index) parts.push(`+${index.name}*${scale}`);
  if (displacement !== 0) parts.push(displacement > 0 ? `+${hex(displacement)}` : hex(displacement));
  return `${SIZES[bytes] ?? ""}[${parts.join("")}]`;
}

/** The other parts of a vector instruction. */
export interface VectorOptions {
  readonly immediate?: number;
  /** lanes that are written; the others keep their values, or become zero */
  readonly mask?: Mask | undefined;
  readonly zero?: boolean;
  /** the register that VEX blends encode in the upper half of the immediate */
  readonly selector?: Vector;
}

/** A vector instruction in a listing. */
export function vectorText(
  name: string,
  { evexName, extent }: VectorSpec,
  isEvex: boolean,
  bits: number,
  operands: readonly (Place | Vector | Mask)[],
  { mask, zero = false, immediate, selector }: VectorOptions,
): string {
  const shown = isEvex && evexName !== undefined ? evexName : name.replace(/Store$|Load$/, "");
  const words = operands.map((operand, position) => {
    const isBroadcast = operand.kind === "memory" && operand.broadcast === true;
    const many = isBroadcast ? `{1to${bits / 32}}` : "";
    const condition = position === 0 && mask ? `{${mask.name}}${zero ? "{z}" : ""}` : "";
    return text(operand, extentBytes(extent, bits, isBroadcast)) + many + condition;
  });
  if (selector) words.push(selector.name);
  if (immediate !== undefined) words.push(hex(immediate));
  return `${shown} ${words.join(",")}`;
}
