import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of cases that exists for one test file. */
export class CaseFolder {
  readonly path = mkdtempSync(join(tmpdir(), "faulty-"));

  constructor() {
    mkdirSync(join(this.path, "cases"));
    mkdirSync(join(this.path, "data"));
  }

  /** @returns the path of the case. */
  write(name: string, content: object | string): string {
    const path = join(this.path, "cases", `${name}.json`);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  table(name: string, content: string): void {
    writeFileSync(join(this.path, "data", name), content);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Four rows of exclusive or; the last one is for validation. */
export const XOR = "x0,x1,y0,split\n0,0,0,train\n0,1,1,train\n1,0,1,train\n1,1,0,validation\n";

/** A complete case, for tests that change one part. */
export const SMALL = {
  schema: "faulty-case/1",
  name: "small",
  data: { kind: "csv", file: "data/xor.csv" },
  model: [
    { type: "dense", units: 3, activation: "tanh", kernelInit: "glorotUniform" },
    { type: "dense", units: 1, activation: "sigmoid", kernelInit: "glorotUniform" },
  ],
  loss: "binaryCrossentropy",
  optimizer: { type: "sgd", learningRate: 0.1 },
  batchSize: 2,
  epochs: 3,
  expect: { healthy: false, curable: true, problems: ["underfitting"], remedies: ["more-epochs"] },
} as const;
