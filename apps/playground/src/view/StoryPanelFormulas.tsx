import { FORMULAS } from "virtual:formulas";
import { storiesTexts } from "../text/stories.ts";
import type { FormulaName } from "../text/story-names.ts";

/** Formulas as MathML, which browsers set themselves. What a screen reader makes of MathML differs much, so that each has its words. */
export function Formulas({ names }: { readonly names: readonly FormulaName[] }) {
  const texts = storiesTexts.value;
  return (
    <section class="story-formulas">
      <h3>{texts.formulas}</h3>
      {names.map((name) => (
        <figure key={name}>
          <p class="visually-hidden">{texts.formulaTexts[name].spoken}</p>
          {/* made by the build from a table of ours */}
          <div class="story-formula" aria-hidden="true" dangerouslySetInnerHTML={{ __html: FORMULAS[name] ?? "" }} />
          <figcaption>{texts.formulaTexts[name].note}</figcaption>
        </figure>
      ))}
    </section>
  );
}
