import type { HostArray } from "../../src/core/dtype.ts";
import type { LayerInfo } from "../../src/nn/model.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** A layer's arrays by name. */
export type Arrays = Readonly<Record<string, HostArray>>;

export interface LayerScope {
  readonly graph: GraphBuilder;
  readonly arrays: Arrays;
  /** the layers of a container, in order */
  readonly inner: (x: string) => string;
  /** the short way of a residual block; x itself if it has none */
  readonly projection: (x: string) => string;
}

/** Writes a layer's operations. @returns the name of its output. */
export type LayerExport = (layer: LayerInfo, x: string, scope: LayerScope) => string;
