import type { HyperparameterValue } from "./event-content.ts";
import { BYTES, FIXED64, type MessageCursor, VARINT } from "./message-cursor.ts";

/** What the metadata of a value of the hparams plugin say, as far as it belongs to a run. */
export interface StoredHyperparameters {
  /** Empty if the message is about the end. */
  readonly values: ReadonlyMap<string, HyperparameterValue>;
  /** Undefined if the message is not about the end, or does not know. */
  readonly status: "success" | "failure" | "running" | undefined;
}

const STATUS = [undefined, "success", "failure", "running"] as const;

const START_INFO = 8 * 3 + BYTES;
const END_INFO = 8 * 4 + BYTES;
const FIRST_BYTES = 8 * 1 + BYTES;
const SECOND_BYTES = 8 * 2 + BYTES;
const FIRST_NUMBER = 8 * 1 + VARINT;
const DOUBLE = 8 * 2 + FIXED64;
const TEXT = 8 * 3 + BYTES;
const TRUTH = 8 * 4 + VARINT;

/** `HParamsPluginData` of the hparams plugin's plugin_data.proto at [start, end).
 *  @throws NotAMessage. */
export function readHyperparameters(cursor: MessageCursor, start: number, end: number): StoredHyperparameters {
  const values = new Map<string, HyperparameterValue>();
  let status: StoredHyperparameters["status"];
  cursor.at = start;
  each(cursor, end, {
    // SessionStartInfo: its field 1 is a map of values, an entry of which has a name and a `Value` of struct.proto
    [START_INFO]: (infoEnd) =>
      each(cursor, infoEnd, { [FIRST_BYTES]: (entryEnd) => readEntry(cursor, entryEnd, values) }),
    [END_INFO]: (infoEnd) =>
      each(cursor, infoEnd, {
        [FIRST_NUMBER]: () => {
          status = STATUS[cursor.varint(infoEnd)];
        },
      }),
  });
  return { values, status };
}

function readEntry(cursor: MessageCursor, end: number, values: Map<string, HyperparameterValue>): void {
  let name = "";
  let value: HyperparameterValue | undefined;
  each(cursor, end, {
    [FIRST_BYTES]: (nameEnd) => {
      name = cursor.textTo(nameEnd);
    },
    [SECOND_BYTES]: (valueEnd) =>
      each(cursor, valueEnd, {
        [DOUBLE]: () => {
          value = cursor.float64(valueEnd);
        },
        [TEXT]: (textEnd) => {
          value = cursor.textTo(textEnd);
        },
        [TRUTH]: () => {
          value = cursor.varint(valueEnd) !== 0;
        },
      }),
  });
  if (value !== undefined) values.set(name, value);
}

/** Calls the reader of each field by its key; others are skipped. The reader of bytes gets their end. */
function each(cursor: MessageCursor, end: number, readers: Readonly<Record<number, (fieldEnd: number) => void>>): void {
  while (cursor.at < end) {
    const key = cursor.varint(end);
    const read = readers[key];
    if (read === undefined) {
      cursor.skip(key & 7, end);
    } else if ((key & 7) === BYTES) {
      const fieldEnd = cursor.lengthEnd(end);
      read(fieldEnd);
      cursor.at = fieldEnd;
    } else {
      read(end);
    }
  }
}
