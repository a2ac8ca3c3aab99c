import { refuse } from "./general-assembler.ts";
import type { VectorOptions } from "./listing.ts";
import type { General, Mask, Memory, Vector } from "./registers.ts";
import { placeBits, type VectorSpec } from "./vector-table.ts";

export type Operand = General | Vector | Mask | Memory;

export function isVector(operand: Operand, bits: number): boolean {
  return operand.kind === "vector" && operand.bits === bits;
}

/** A vector register that only AVX-512 has. */
export function isHigh(operand: Operand): boolean {
  return operand.kind === "vector" && operand.code >= 16;
}

export function hasHigh(operands: readonly Operand[]): boolean {
  for (let position = 0; position < operands.length; position++) {
    if (isHigh(operands[position] as Operand)) return true;
  }
  return false;
}

/** The width of an instruction in bits. */
export function widthOf(name: string, spec: VectorSpec, operands: readonly Operand[]): number {
  const { layout, widths } = spec;
  if (operands.length !== layout.operands) {
    refuse(`${name} takes ${layout.operands} operands, got ${operands.length}`, { name });
  }
  const operand = operands[layout.width] as Operand;
  if (operand.kind !== "vector" || (operand.bits & widths) === 0) {
    complain(name, operands, `needs another vector width for operand ${layout.width}`);
  }
  return operand.bits;
}

/** Rejects everything that the processor would reject or decode differently.
 *  @throws GradusError `bad-argument` */
export function checkVector(
  name: string,
  spec: VectorSpec,
  isEvex: boolean,
  bits: number,
  operands: readonly Operand[],
  { immediate, mask, zero = false, selector }: VectorOptions,
): void {
  const { layout } = spec;
  if ((isEvex ? spec.evex : spec.vex) === undefined) {
    complain(name, operands, `has no ${isEvex ? "EVEX" : "VEX"} form for these operands`);
  }
  const intoMask = spec.intoMask && isEvex;
  for (let position = 0; position < operands.length; position++) {
    const operand = operands[position] as Operand;
    const isRight =
      position === layout.place
        ? fitsPlace(spec, operand, bits)
        : intoMask && position === layout.register
          ? operand.kind === "mask"
          : isVector(operand, bits);
    if (!isRight) complain(name, operands, `cannot have operand ${position}`);
  }
  if ((immediate !== undefined) !== layout.immediate) {
    complain(name, operands, layout.immediate ? "needs an immediate" : "takes no immediate");
  }
  if (immediate !== undefined && immediate !== (immediate & 0xff)) {
    complain(name, operands, `takes an immediate of 0 to 255, got ${immediate}`);
  }
  if (layout.selector ? selector === undefined || !isVector(selector, bits) || isHigh(selector) : selector) {
    complain(name, operands, layout.selector ? `needs a selector of ${bits} bits` : "takes no selector");
  }
  // the number of k0 in an instruction means "all lanes"
  if (mask !== undefined && (!spec.maskable || mask.code === 0)) complain(name, operands, `cannot take ${mask.name}`);
  if (zero && (mask === undefined || intoMask || (operands[0] as Operand).kind === "memory")) {
    complain(name, operands, "can zero lanes only under a mask, in registers");
  }
}

function fitsPlace({ place, extent }: VectorSpec, operand: Operand, bits: number): boolean {
  if (operand.kind === "memory") {
    return operand.index?.kind !== "vector" && (operand.broadcast !== true || extent === "full");
  }
  if (place === "general") return operand.kind === "general";
  return place === "either" && isVector(operand, placeBits(extent, bits));
}

function complain(name: string, operands: readonly Operand[], message: string): never {
  const shown = operands.map((operand) => (operand.kind === "memory" ? "memory" : operand.name)).join(",");
  return refuse(`${name} ${shown}: ${name} ${message}`, { name, operands: shown });
}
