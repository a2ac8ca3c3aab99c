import type { Block } from "../../config/config.ts";
import { activationPath } from "./activation-curve.ts";

export const GLYPH_HEIGHT = 76;
/** Where the line runs that joins the blocks: below the middle, since arcs of skips are above. */
export const MIDDLE = 42;

interface GlyphProps {
  readonly block: Block;
  /** Of the column, in pixels. */
  readonly width: number;
}

/** A block as a picture: its kind as a shape, its size as a height, its activation as a curve; dashed with dropout, a bar on the right for
 *  a normalisation, an arc for a skip. */
export function Glyph({ block, width }: GlyphProps) {
  const body = Math.max(14, Math.min(46, width - 8));
  const left = (width - body) / 2;
  return (
    <svg class="glyph" width={width} height={GLYPH_HEIGHT} viewBox={`0 0 ${width} ${GLYPH_HEIGHT}`} aria-hidden="true">
      <path class="glyph-wire" d={`M0,${MIDDLE}H${width}`} />
      {"skip" in block && block.skip && (
        <path
          class="glyph-skip"
          d={`M1.5,${MIDDLE}C1.5,${MIDDLE - 46} ${width - 1.5},${MIDDLE - 46} ${width - 1.5},${MIDDLE}`}
        />
      )}
      <Body block={block} left={left} width={body} />
    </svg>
  );
}

interface BodyProps {
  readonly block: Block;
  readonly left: number;
  readonly width: number;
}

function Body({ block, left, width }: BodyProps) {
  switch (block.kind) {
    case "maxPool":
    case "avgPool":
      return <Pool left={left} width={width} isMax={block.kind === "maxPool"} end={9} />;
    case "globalAvgPool":
      return <Pool left={left} width={width} isMax={false} end={2} />;
    case "conv":
      return <Convolution block={block} left={left} width={width} />;
    case "dense":
      return <Dense block={block} left={left} width={width} />;
    default:
      return <Recurrent block={block} left={left} width={width} />;
  }
}

/** Height of a body with that many units, in pixels: each doubling adds as much. */
function heightOf(units: number): number {
  return Math.round(18 + 4.2 * Math.min(10, Math.log2(Math.max(1, units))));
}

const dash = (dropout: number) => (dropout > 0 ? { "stroke-dasharray": "3 2.5" } : {});

function Curve({ block, left, width }: Pick<BodyProps, "left" | "width"> & { readonly block: Block }) {
  if (!("activation" in block)) return null;
  const size = Math.min(18, width - 5);
  const path = activationPath(block.activation, left + (width - size) / 2, MIDDLE - size / 2, size, size);
  return <path class="glyph-curve" d={path} />;
}

function Norm({ name, x, height }: { readonly name: string; readonly x: number; readonly height: number }) {
  if (name === "none") return null;
  const [top, bottom] = [MIDDLE - height / 2 + 2, MIDDLE + height / 2 - 2];
  return (
    <path
      class="glyph-norm"
      d={`M${x},${top}V${bottom}`}
      {...(name === "layer" ? { "stroke-dasharray": "2.5 2" } : {})}
    />
  );
}

function Dense({ block, left, width }: BodyProps & { readonly block: Extract<Block, { kind: "dense" }> }) {
  const height = heightOf(block.units);
  const dots = width >= 34 ? Math.min(block.units, Math.floor((height - 6) / 6)) : 0;
  const inset = dots > 0 ? 9 : 0;
  return (
    <g>
      <rect
        class="glyph-body"
        x={left}
        y={MIDDLE - height / 2}
        width={width}
        height={height}
        rx={4}
        {...dash(block.dropout)}
      />
      {Array.from({ length: dots }, (_, index) => (
        <circle
          class={block.dropout > 0 && index % 2 === 1 ? "glyph-dot is-out" : "glyph-dot"}
          key={index}
          cx={left + 7}
          cy={MIDDLE + (index - (dots - 1) / 2) * 6}
          r={1.8}
        />
      ))}
      <Curve block={block} left={left + inset} width={width - inset} />
      <Norm name={block.norm} x={left + width - 1} height={height} />
    </g>
  );
}

function Convolution({ block, left, width }: BodyProps & { readonly block: Extract<Block, { kind: "conv" }> }) {
  const sheets = width >= 30 ? 3 : 2;
  const shift = 3;
  const front = width - (sheets - 1) * shift;
  const height = heightOf(block.filters) - 6;
  const at = (sheet: number) => ({
    x: left + (sheets - 1 - sheet) * shift,
    y: MIDDLE - height / 2 + (sheet - (sheets - 1) / 2) * shift,
  });
  return (
    <g>
      {Array.from({ length: sheets }, (_, sheet) => (
        <rect class="glyph-body" key={sheet} {...at(sheet)} width={front} height={height} {...dash(block.dropout)} />
      ))}
      <Curve block={block} left={left} width={front} />
      <Norm name={block.norm} x={left + width - 1} height={height - 4} />
    </g>
  );
}

function Recurrent({
  block,
  left,
  width,
}: BodyProps & { readonly block: Extract<Block, { kind: "rnn" | "lstm" | "gru" }> }) {
  const height = heightOf(block.units) - 6;
  const top = MIDDLE - height / 2;
  const radius = Math.min(7, width / 3);
  const center = left + width / 2;
  // gates: none, two, three
  const gates = { rnn: 0, gru: 2, lstm: 3 }[block.kind];
  return (
    <g>
      <path
        class="glyph-loop"
        d={`M${center + radius},${top}a${radius},${radius} 0 1 0 ${-2 * radius},0m-2.5,-4l2.5,4l4,-2`}
      />
      <rect class="glyph-body" x={left} y={top} width={width} height={height} rx={8} {...dash(block.dropout)} />
      {Array.from({ length: gates }, (_, gate) => (
        <path
          class="glyph-gate"
          key={gate}
          d={`M${center + (gate - (gates - 1) / 2) * 4},${top + 6}V${top + height - 6}`}
        />
      ))}
      {gates === 0 && (
        <path
          class="glyph-curve"
          d={activationPath("tanh", center - Math.min(9, width / 2 - 3), MIDDLE - 8, Math.min(18, width - 6), 16)}
        />
      )}
    </g>
  );
}

function Pool({
  left,
  width,
  isMax,
  end,
}: {
  readonly left: number;
  readonly width: number;
  readonly isMax: boolean;
  /** Half the height on the right: what is left of a half height of 19. */
  readonly end: number;
}) {
  const right = left + width;
  return (
    <path
      class={isMax ? "glyph-body is-strong" : "glyph-body"}
      d={`M${left},${MIDDLE - 19}L${right},${MIDDLE - end}V${MIDDLE + end}L${left},${MIDDLE + 19}Z`}
    />
  );
}
