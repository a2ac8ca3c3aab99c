/** What the name of a layer's measure says. */
export interface LayerMeasure {
  /** The layer's path: "2", or "2.0". */
  readonly path: string;
  /** "gradientNorm", "dead", … */
  readonly measure: string;
}

/** The name of a layer's measure or histogram: `layers/2.0/gradientNorm`. */
export function layerMeasureName(path: string, measure: string): string {
  return `layers/${path}/${measure}`;
}

/** The opposite of `layerMeasureName`; undefined for other names. */
export function layerMeasureOf(name: string): LayerMeasure | undefined {
  const found = /^layers\/(.+)\/([^/]+)$/.exec(name);
  return found === null ? undefined : { path: found[1] as string, measure: found[2] as string };
}
