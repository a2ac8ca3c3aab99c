import type { CureName } from "../patients/patient.ts";

// MathML, which browsers render and screen readers read aloud.

const mi = (name: string) => `<mi>${name}</mi>`;
const mn = (number: string | number) => `<mn>${number}</mn>`;
const mo = (sign: string) => `<mo>${sign}</mo>`;
const words = (text: string) => `<mtext>${text}</mtext>`;
const row = (...parts: string[]) => `<mrow>${parts.join("")}</mrow>`;
const sub = (base: string, below: string) => `<msub>${base}${below}</msub>`;
const sup = (base: string, above: string) => `<msup>${base}${above}</msup>`;
const over = (top: string, bottom: string) => `<mfrac>${top}${bottom}</mfrac>`;
const root = (inside: string) => `<msqrt>${inside}</msqrt>`;
const hat = (base: string) => `<mover accent="true">${base}${mo("^")}</mover>`;
const norm = (inside: string) => row(mo("\u2016"), inside, mo("\u2016"));
/** Parentheses of letter height; `tall` ones grow with their content. */
const fence = (sign: string) => `<mo stretchy="false">${sign}</mo>`;
const round = (...inside: string[]) => row(fence("("), ...inside, fence(")"));
const tall = (...inside: string[]) => row(mo("("), ...inside, mo(")"));
const subsup = (base: string, below: string, above: string) => `<msubsup>${base}${below}${above}</msubsup>`;

const [g, m, s, t, w, x, y, p] = ["g", "m", "s", "t", "w", "x", "y", "p"].map(mi) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const EQUALS = mo("=");
const BECOMES = mo("\u2190");
const MINUS = mo("\u2212");
const PLUS = mo("+");
const EPSILON = mi("\u03b5");
const ONE = mn(1);
const beta = (index: number) => sub(mi("\u03b2"), mn(index));
const batch = (name: string) => sub(mi(name), mi("B"));

/** A moving average in which the old value has weight b. */
const average = (name: string, b: string, value: string) =>
  row(name, BECOMES, b, name, PLUS, round(ONE, MINUS, b), value);

const corrected = (name: string, index: number) =>
  row(hat(name), EQUALS, over(name, row(ONE, MINUS, subsup(mi("\u03b2"), mn(index), t))));

const LINES = {
  initialisation: [
    row(w, mo("~"), mi("N"), tall(mn(0), mo(","), over(mn(2), sub(mi("n"), words("in"))))),
    row(words("Var"), round(sub(y, mi("l"))), EQUALS, words("Var"), round(sub(y, row(mi("l"), MINUS, ONE)))),
  ],
  activation: [
    row(
      mi("f"),
      round(x),
      EQUALS,
      words("max"),
      round(x, mo(","), mn(0)),
      PLUS,
      mi("a"),
      mo("\u22c5"),
      words("min"),
      round(x, mo(","), mn(0)),
    ),
    row(
      mi("\u03c3"),
      round(x),
      EQUALS,
      over(ONE, row(ONE, PLUS, sup(mi("e"), row(MINUS, x)))),
      mo(","),
      sup(mi("\u03c3"), mo("\u2032")),
      EQUALS,
      mi("\u03c3"),
      round(ONE, MINUS, mi("\u03c3")),
      mo("\u2264"),
      over(ONE, mn(4)),
    ),
  ],
  "batch-normalisation": [
    row(
      hat(x),
      EQUALS,
      over(row(x, MINUS, batch("\u03bc")), root(row(subsup(mi("\u03c3"), mi("B"), mn(2)), PLUS, EPSILON))),
    ),
    row(y, EQUALS, mi("\u03b3"), hat(x), PLUS, mi("\u03b2")),
  ],
  clipping: [row(g, BECOMES, g, mo("\u22c5"), words("min"), tall(ONE, mo(","), over(mi("c"), norm(g))))],
  adam: [
    average(m, beta(1), g),
    average(s, beta(2), sup(g, mn(2))),
    row(corrected(m, 1), mo(","), corrected(s, 2)),
    row(w, BECOMES, w, MINUS, mi("\u03b1"), over(hat(m), row(root(hat(s)), PLUS, EPSILON))),
  ],
  dropout: [
    row(mi("r"), mo("~"), words("Bernoulli"), round(ONE, MINUS, p)),
    row(y, EQUALS, over(row(mi("r"), x), row(ONE, MINUS, p))),
  ],
} as const satisfies Record<CureName, readonly string[]>;

/** The formula of a remedy as in its paper. */
export function formula(cure: CureName): string {
  const lines = LINES[cure].map((line) => `<math display="block">${line}</math>`);
  return `<div class="formula">${lines.join("\n")}</div>`;
}
