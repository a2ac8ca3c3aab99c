import type { FormulaName } from "../text/story-names.ts";

/** The stories' formulas in LaTeX. The build turns them into MathML (formulas.ts beside vite.config.ts); the page has only that. */
export const LATEX: Readonly<Record<FormulaName, string>> = {
  backpropagation: String.raw`\frac{\partial L}{\partial h_l} = \left(\prod_{k=l+1}^{D} W_k^{\top}\, \mathrm{diag}\, f'(z_k)\right) \frac{\partial L}{\partial h_D}`,
  sigmoidSlope: String.raw`\sigma'(z) = \sigma(z)\,(1 - \sigma(z)) \le \tfrac{1}{4}`,
  gain: String.raw`\begin{gathered} g = s \sqrt{\frac{n}{2}} \\ \lVert h_D \rVert \approx g^{D}\, \lVert h_0 \rVert \end{gathered}`,
  gap: String.raw`\mathrm{gap} = L_{\mathrm{test}} - L_{\mathrm{train}}`,
  weightDecay: String.raw`L + \frac{\lambda}{2} \sum_{i} w_i^2`,
  glorot: String.raw`\mathrm{Var}(w) = \frac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}}`,
  he: String.raw`\mathrm{Var}(w) = \frac{2}{n_{\mathrm{in}}}`,
  lecun: String.raw`\mathrm{Var}(w) = \frac{1}{n_{\mathrm{in}}}`,
  leakyRelu: String.raw`\begin{gathered} f(x) = \max(\alpha x,\, x) \\ f'(x) = \begin{cases} 1 & x > 0 \\ \alpha & x < 0 \end{cases} \end{gathered}`,
  normalize: String.raw`\hat{x} = \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}`,
  scaleAndShift: String.raw`y = \gamma\, \hat{x} + \beta`,
  clip: String.raw`g \leftarrow g \cdot \min\left(1,\, \frac{c}{\lVert g \rVert}\right)`,
  momentum: String.raw`\begin{gathered} v \leftarrow \mu v + g \\ w \leftarrow w - \eta\, v \end{gathered}`,
  rmsprop: String.raw`\begin{gathered} s \leftarrow \rho s + (1 - \rho)\, g^2 \\ w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon} \end{gathered}`,
  adamMoments: String.raw`\begin{gathered} m \leftarrow \beta_1 m + (1 - \beta_1)\, g \\ s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2 \end{gathered}`,
  adamStep: String.raw`w \leftarrow w - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \varepsilon}`,
  dropout: String.raw`\begin{gathered} y = \frac{m \odot h}{1 - p} \\ m_i \sim \mathrm{Bernoulli}(1 - p) \end{gathered}`,
  throughTime: String.raw`\frac{\partial L}{\partial h_t} = \left(\prod_{k=t+1}^{T} U^{\top}\, \mathrm{diag}\, f'(z_k)\right) \frac{\partial L}{\partial h_T}`,
  cellState: String.raw`c_t = f_t \odot c_{t-1} + i_t \odot \tilde{c}_t`,
};
