import { type DataField, type Field, field, listOf, namedField, oneOf, TEXT } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { BACKEND_NAMES } from "../engine/select-backend.ts";
import type { LossInput } from "../nn/losses/losses.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import type { MetricName } from "./events.ts";

// Options that training, evaluation and prediction share.

export const LOSS: DataField<LossInput> = namedField('the name of a loss, or { type: "mse", … }', reference("loss"));
export const METRICS = listOf({ ...TEXT, schema: reference("metric") }) as DataField<readonly MetricName[]>;
export const BACKEND: Field<BackendName | "auto" | Backend> = namedField("the name of a backend, or one that is open");

/** Which names there are is checked when the backend is opened. */
export const BACKEND_NAME: DataField<BackendName | "auto"> = field(
  "the name of a backend",
  (value) => typeof value === "string",
  oneOf<readonly (BackendName | "auto")[]>("auto", ...BACKEND_NAMES).schema,
);
