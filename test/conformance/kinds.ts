import type { Kind } from "./case.ts";
import { keras } from "./keras.ts";
import { onnx } from "./onnx.ts";
import { pca } from "./pca.ts";
import { torchExtra } from "./torch-extra.ts";
import { torchTrajectory } from "./torch-trajectory.ts";

/** The kinds of reference files, in the order in which they are tried. */
export const KINDS: readonly Kind[] = [torchTrajectory, torchExtra, keras, onnx, pca];
