import type { Operator } from "./operator.ts";

/** alpha A' B' + beta C, where A' and B' may be transposed. */
const gemm: Operator = (call) => {
  const [a, b, c] = [call.input(0), call.input(1), call.optional(2)];
  const product = (call.flag("transA", false) ? a.transpose() : a).matmul(
    call.flag("transB", false) ? b.transpose() : b,
  );
  const scaled = product.mul(call.number("alpha", 1));
  return [c ? scaled.add(c.mul(call.number("beta", 1))) : scaled];
};

export const PRODUCTS: Readonly<Record<string, Operator>> = {
  MatMul: (call) => [call.input(0).matmul(call.input(1))],
  Gemm: gemm,
};
