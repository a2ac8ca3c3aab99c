import { GLYPH_HEIGHT, MIDDLE } from "./Glyph.tsx";

export type DataKind = "plane" | "pictures" | "sequences" | "table";

/** The data: points of a plane, a picture, a wave or a table. */
export function InputGlyph({ kind, width }: { readonly kind: DataKind; readonly width: number }) {
  const size = Math.max(14, Math.min(28, width - 8));
  const [left, top] = [(width - size) / 2, MIDDLE - size / 2];
  const third = size / 3;
  return (
    <svg class="glyph" width={width} height={GLYPH_HEIGHT} viewBox={`0 0 ${width} ${GLYPH_HEIGHT}`} aria-hidden="true">
      <path class="glyph-wire" d={`M${width / 2},${MIDDLE}H${width}`} />
      <rect class="glyph-data" x={left} y={top} width={size} height={size} rx={3} />
      {kind === "pictures" && (
        <path
          class="glyph-lines"
          d={`M${left + third},${top}v${size}m${third},${-size}v${size}M${left},${top + third}h${size}M${left},${top + 2 * third}h${size}`}
        />
      )}
      {kind === "sequences" && (
        <path
          class="glyph-lines"
          d={`M${left + 2},${MIDDLE}q${(size - 4) / 4},${-size * 0.7} ${(size - 4) / 2},0t${(size - 4) / 2},0`}
        />
      )}
      {kind === "table" && (
        <path
          class="glyph-lines"
          d={`M${left},${top + third}h${size}M${left},${top + 2 * third}h${size}M${left + third},${top}v${size}`}
        />
      )}
      {kind === "plane" && (
        <g>
          <circle class="glyph-class-0" cx={left + size * 0.3} cy={top + size * 0.35} r={2.4} />
          <circle class="glyph-class-0" cx={left + size * 0.55} cy={top + size * 0.28} r={2.4} />
          <circle class="glyph-class-1" cx={left + size * 0.42} cy={top + size * 0.72} r={2.4} />
          <circle class="glyph-class-1" cx={left + size * 0.72} cy={top + size * 0.62} r={2.4} />
        </g>
      )}
    </svg>
  );
}

/** The outputs: at most five are drawn. */
export function OutputGlyph({ outputs, width }: { readonly outputs: number; readonly width: number }) {
  const shown = Math.max(1, Math.min(5, outputs));
  return (
    <svg class="glyph" width={width} height={GLYPH_HEIGHT} viewBox={`0 0 ${width} ${GLYPH_HEIGHT}`} aria-hidden="true">
      <path class="glyph-wire" d={`M0,${MIDDLE}H${width / 2}`} />
      {Array.from({ length: shown }, (_, index) => (
        <circle class="glyph-output" key={index} cx={width / 2} cy={MIDDLE + (index - (shown - 1) / 2) * 11} r={4} />
      ))}
    </svg>
  );
}
