import { fileURLToPath } from "node:url";
import { GradusError } from "../../src/core/errors.ts";
import { type Command, jsonLines, runChild } from "../child.ts";

/** A way to run PyTorch. */
interface Form {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** whether a single product can differ in it */
  readonly ofProducts: boolean;
}

/** Lets glibc keep the memory of large arrays from step to step, instead of giving it back to the system. */
const MEMORY_KEPT = {
  MALLOC_TRIM_THRESHOLD_: "100000000000",
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TOP_PAD_: "268435456",
} as const;

/** Compiled means: by Inductor, with the fused Adam. */
export const FORMS = {
  eager: { flags: [], environment: {}, ofProducts: true },
  compiled: { flags: ["--compile"], environment: {}, ofProducts: false },
  "eager, memory kept": { flags: [], environment: MEMORY_KEPT, ofProducts: true },
  "compiled, memory kept": { flags: ["--compile"], environment: MEMORY_KEPT, ofProducts: false },
} as const satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;

const SCRIPT = fileURLToPath(new URL("../torch_steps.py", import.meta.url));
const NO_TORCH = 3;

/** What PyTorch runs with. */
export interface TorchVersions {
  readonly torch: string;
  readonly python: string;
  /** libraries for its products: MKL, oneDNN */
  readonly libraries: readonly string[];
}

/** @throws GradusError `file-not-found` if there is no such Python, `backend-unavailable` if it has no PyTorch. */
export async function torchVersions(python: string): Promise<TorchVersions> {
  const { status, stdout, stderr } = await runChild({ program: python, parameters: [SCRIPT, "--versions"] }).catch(
    (error: unknown) => {
      throw new GradusError("file-not-found", `no Python at "${python}". Give one that has PyTorch: --python PATH.`, {
        python,
        cause: (error as Error).message,
      });
    },
  );
  const [versions] = jsonLines(stdout);
  if (status === 0 && versions !== undefined) return versions as unknown as TorchVersions;
  if (status === NO_TORCH) {
    throw new GradusError(
      "backend-unavailable",
      `${stderr.trim()}. Install it (python3 -m venv torch && torch/bin/pip install torch numpy), and give --python torch/bin/python.`,
      { python },
    );
  }
  throw new GradusError("backend-unavailable", `${python} cannot run PyTorch: ${stderr.trim()}`, { python, status });
}

/** The command that times one workload in one form. */
export function torchCommand(
  form: FormName,
  workload: string,
  { python, threads, budget }: { readonly python: string; readonly threads: number; readonly budget: number },
): Command {
  const { flags, environment } = FORMS[form];
  const timing = ["--threads", String(threads), "--budget", String(budget)];
  return { program: python, parameters: [SCRIPT, ...timing, ...flags, workload], environment };
}
