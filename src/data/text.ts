import { describe, isRecord } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { largest } from "../core/extremes.ts";
import { COUNT, checkOptions, type Field, type Fields, field, oneOf, required, TEXT, TEXTS } from "../core/fields.ts";
import { requireLabels } from "../core/labels.ts";
import { type Dataset, datasetFromParts } from "./dataset.ts";

/** The characters of a text and their numbers: a character's number is its index in the list. Plain data that converts to JSON; save it
 *  with the model. Index 0 is "", for padding and for characters that are not in the list. */
export interface Vocabulary {
  readonly characters: readonly string[];
}

/** The vocabulary of all characters (code points) in some texts, in code point order. Build it from the training part only. */
export function vocabularyOf(texts: string | Iterable<string>): Vocabulary {
  requireArgument(
    typeof texts === "string" || typeof texts?.[Symbol.iterator] === "function",
    `vocabularyOf: expected a string or several, got ${describe(texts)}.`,
  );
  const found = new Set<string>();
  for (const text of typeof texts === "string" ? [texts] : texts) for (const character of text) found.add(character);
  const codeOf = (character: string) => character.codePointAt(0) as number;
  return { characters: ["", ...[...found].sort((a, b) => codeOf(a) - codeOf(b))] };
}

const NUMBERS = new WeakMap<Vocabulary, ReadonlyMap<string, number>>();

/** Numbers by character, computed once per vocabulary. */
function numbersOf(vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const known = NUMBERS.get(vocabulary);
  if (known !== undefined) return known;
  const { characters } = vocabulary;
  const numbers = new Map(characters.map((character, index) => [character, index] as const));
  requireArgument(
    characters[0] === "" && numbers.size === characters.length,
    'vocabulary: characters must begin with "" and name each character once. Build it with vocabularyOf(text).',
    { characters },
  );
  NUMBERS.set(vocabulary, numbers);
  return numbers;
}

/** A text as numbers, one per character (code point); 0 for characters that are not in the vocabulary.
 *  @throws GradusError `bad-argument` for a vocabulary that names a character twice or does not begin with "". */
export function encodeText(vocabulary: Vocabulary, text: string): Int32Array {
  requireVocabulary("encodeText", vocabulary);
  requireText("encodeText", text);
  const numbers = numbersOf(vocabulary);
  return Int32Array.from([...text], (character) => numbers.get(character) ?? 0);
}

/** Converts numbers back to text; 0 becomes the empty string.
 *  @throws GradusError `label-out-of-range` for a number without a character. */
export function decodeText(vocabulary: Vocabulary, numbers: ArrayLike<number>): string {
  requireVocabulary("decodeText", vocabulary);
  requireArgument(isNumbers(numbers), `decodeText: expected a list of numbers, got ${describe(numbers)}.`);
  requireLabels("decodeText", numbers, vocabulary.characters.length);
  return Array.from(numbers, (number) => vocabulary.characters[number]).join("");
}

export interface CharacterWindowOptions {
  readonly vocabulary: Vocabulary;
  /** characters per window, T, 1 or more */
  readonly length: number;
  /** characters from the start of one window to the start of the next. Default T: every character is predicted once, and the parts of a
   *  `split` share no characters. With a smaller stride windows overlap: divide the text first, then make windows of each part. */
  readonly stride?: number;
  /** Default "text". */
  readonly name?: string;
}

const VOCABULARY: Field<Vocabulary> = field(
  "a vocabulary: vocabularyOf(text)",
  (value) => isRecord(value) && Array.isArray(value.characters),
);

const WINDOW_FIELDS: Fields<CharacterWindowOptions> = {
  vocabulary: required(VOCABULARY),
  length: required(COUNT),
  stride: COUNT,
  name: TEXT,
};

function requireText(where: string, text: unknown): asserts text is string {
  requireArgument(typeof text === "string", `${where}: expected a string, got ${describe(text)}.`, { where });
}

function requireVocabulary(where: string, value: unknown): asserts value is Vocabulary {
  requireArgument(VOCABULARY.accepts(value), `${where}: expected ${VOCABULARY.expected}; got ${describe(value)}.`, {
    where,
  });
}

/** Windows of a text for a model that predicts the next character: inputs are characters t … t + T - 1, targets the characters one later.
 *  Inputs (T,), numbers as float32; targets (T,), int32 labels; for outputs (T, V), with V the size of the vocabulary. Characters at the
 *  end that do not fill a window are dropped. `split({ validation, seed })` divides the windows.
 *  @throws GradusError `empty-dataset` if the text is shorter than one window plus the next character.
 *  @example
 *    const vocabulary = vocabularyOf(text);
 *    const { train, validation } = characterWindows(text, { vocabulary, length: 64 }).split({ validation: 0.1, seed: 1 }); */
export function characterWindows(text: string, options: CharacterWindowOptions): Dataset {
  requireText("characterWindows", text);
  checkOptions<CharacterWindowOptions>("characterWindows", options ?? {}, WINDOW_FIELDS);
  const { vocabulary, length, stride = length, name = "text" } = options;
  const where = `dataset ${name}`;
  const numbers = encodeText(vocabulary, text);
  const count = Math.floor((numbers.length - 1 - length) / stride) + 1;
  if (count < 1) {
    throw new GradusError(
      "empty-dataset",
      `${where}: ${numbers.length} characters do not fill a window of ${length} and the character after it. Give a longer text or shorter windows.`,
      { where, characters: numbers.length, length },
    );
  }
  const inputs = new Float32Array(count * length);
  const targets = new Int32Array(count * length);
  for (let window = 0; window < count; window++) {
    const start = window * stride;
    inputs.set(numbers.subarray(start, start + length), window * length);
    targets.set(numbers.subarray(start + 1, start + length + 1), window * length);
  }
  return datasetFromParts({
    name,
    inputShape: [length],
    targetShape: [length],
    storage: { inputs, targets },
    classes: vocabulary.characters.length,
    classNames: vocabulary.characters,
  });
}

export interface LabelledTextOptions {
  readonly vocabulary: Vocabulary;
  /** name of each class; labels are indices in this list */
  readonly classNames: readonly string[];
  /** characters per input, T, 1 or more; longer texts are truncated. Default: the length of the longest text */
  readonly length?: number;
  /** where to pad shorter texts with zeros: "before", so that the last step is the last character, or "after". Default "before" */
  readonly padding?: "before" | "after";
  /** Default "texts". */
  readonly name?: string;
}

const TEXT_FIELDS: Fields<LabelledTextOptions> = {
  vocabulary: required(VOCABULARY),
  classNames: required(TEXTS),
  length: COUNT,
  padding: oneOf("before", "after"),
  name: TEXT,
};

function isNumbers(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Texts by class, each as a row of T characters. Inputs (T,), numbers as float32, zeros for padding; targets are labels.
 *  @throws GradusError `empty-dataset` without texts; `shape-mismatch` if the numbers of texts and labels differ;
 *  `label-out-of-range`. */
export function labelledTexts(
  texts: readonly string[],
  labels: ArrayLike<number>,
  options: LabelledTextOptions,
): Dataset {
  requireArgument(Array.isArray(texts), `labelledTexts: expected a list of strings, got ${describe(texts)}.`);
  requireArgument(isNumbers(labels), `labelledTexts: expected a list of labels, got ${describe(labels)}.`);
  checkOptions<LabelledTextOptions>("labelledTexts", options ?? {}, TEXT_FIELDS);
  const { vocabulary, classNames, padding = "before", name = "texts" } = options;
  const where = `dataset ${name}`;
  if (texts.length === 0) {
    throw new GradusError("empty-dataset", `${where}: there are no texts. Give at least one, and its label.`, {
      where,
    });
  }
  if (texts.length !== labels.length) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: ${texts.length} texts, but ${labels.length} labels. Give one label for each text.`,
      { where, texts: texts.length, labels: labels.length },
    );
  }
  requireLabels(where, labels, classNames.length);
  const encoded = texts.map((text) => encodeText(vocabulary, text));
  const { length = Math.max(1, largest(encoded.map((numbers) => numbers.length))) } = options;
  const inputs = new Float32Array(texts.length * length);
  encoded.forEach((numbers, row) => {
    const kept = numbers.subarray(0, length);
    inputs.set(kept, row * length + (padding === "before" ? length - kept.length : 0));
  });
  return datasetFromParts({
    name,
    inputShape: [length],
    targetShape: [],
    storage: { inputs, targets: Int32Array.from(labels) },
    classes: classNames.length,
    classNames,
  });
}
