import { differences } from "../config/differences.ts";
import { grouped } from "../state/grouped-differences.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { placeInWords, valueInWords } from "./differences-in-words.ts";

/** Most differences in sight: a whole other network is no list to read. */
const MOST_SHOWN = 8;

/** What differs between the two networks. */
export function Differences() {
  const texts = uiTexts.value.networks;
  const [a, b] = usePlayground().store.config.value.networks;
  if (b === undefined) return null;
  const found = grouped(differences(a, b));
  return (
    <div class="differences">
      {found.length === 0 ? (
        <p>{texts.noDifference}</p>
      ) : (
        <>
          <strong>{texts.differences}</strong>
          <ul>
            {found.slice(0, MOST_SHOWN).map((each) => (
              <li key={each.path}>
                <span>{placeInWords(each)}</span> {valueInWords(each.a)} → {valueInWords(each.b)}
              </li>
            ))}
            {found.length > MOST_SHOWN && <li>+ {found.length - MOST_SHOWN}</li>}
          </ul>
        </>
      )}
    </div>
  );
}
