import { useSignal } from "@preact/signals";
import { SelectField } from "gradus-parts/fields/SelectField.tsx";
import { useRef } from "preact/hooks";
import type { OwnData as OwnDataConfig } from "../config/config.ts";
import type { ErrorData } from "../lab/protocol.ts";
import { errorDataOf } from "../state/error-data.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { droppedFiles } from "./dropped-files.ts";
import { sentenceOf } from "./Problem.tsx";

/** The user's own table or pictures: by dialogue, or dropped here. Read in this page. */
export function OwnData() {
  const { actions, store } = usePlayground();
  const texts = uiTexts.value.data;
  const isOver = useSignal(false);
  const isReading = useSignal(false);
  const problem = useSignal<ErrorData | undefined>(undefined);
  const columns = useSignal<readonly string[]>([]);
  const table = useRef<File | undefined>(undefined);
  const { data } = store.config.value;

  const read = async (load: () => Promise<void>) => {
    isReading.value = true;
    problem.value = undefined;
    try {
      await load();
    } catch (error) {
      problem.value = errorDataOf(error);
    } finally {
      isReading.value = false;
    }
  };

  const readCsv = (file: File, target?: string) =>
    read(async () => {
      const { readOwnCsv } = await import("../lab/own-csv.ts");
      const own = await readOwnCsv(file, target);
      table.current = file;
      columns.value = own.columns;
      actions.useOwn(own.samples, { ...common(data), name: "csv", file: file.name, target: own.target });
    });

  const readPictures = (files: readonly File[]) =>
    read(async () => {
      const [{ readOwnPictures }, { decodePicture }] = await Promise.all([
        import("../lab/own-pictures.ts"),
        import("../lab/decode-picture.ts"),
      ]);
      const samples = await readOwnPictures(files, { decode: decodePicture });
      const file = files[0]?.webkitRelativePath.split("/")[0] || `${files.length} × ${texts.names.pictures}`;
      actions.useOwn(samples, { ...common(data), name: "pictures", file });
    });

  const take = (files: readonly File[]) => {
    const csv = files.find(({ name }) => /\.(csv|tsv|txt)$/i.test(name));
    return csv !== undefined ? readCsv(csv) : readPictures(files);
  };

  return (
    <fieldset
      class={isOver.value ? "own-data is-over" : "own-data"}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={async (event) => {
        event.preventDefault();
        isOver.value = false;
        const files = await droppedFiles(event.dataTransfer);
        if (files.length > 0) await take(files);
      }}
    >
      <legend class="visually-hidden">{texts.groups.own}</legend>
      <div class="button-row">
        <FileButton label={texts.csv} accept=".csv,.tsv,.txt,text/csv" onFiles={take} />
        <FileButton label={texts.pictures} accept="image/*" isMultiple onFiles={take} />
        <FileButton label={texts.folder} isFolder onFiles={take} />
      </div>
      <p>
        {isReading.value ? texts.reading : `${texts.drop}. `}
        {texts.private}
      </p>
      {problem.value !== undefined && (
        <p class="own-problem" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {data.name === "csv" && columns.value.length > 0 && (
        <SelectField
          text={texts.target}
          value={data.target ?? columns.value.at(-1) ?? ""}
          options={columns.value}
          nameOf={(column) => column}
          onChange={(column) => {
            if (table.current !== undefined) void readCsv(table.current, column);
          }}
        />
      )}
    </fieldset>
  );
}

/** What another file of the user's keeps. */
function common(data: object): Pick<OwnDataConfig, "testShare" | "seed"> {
  const { testShare = 0.3, seed = 1 } = data as Partial<OwnDataConfig>;
  return { testShare, seed };
}

/** Preact's types do not know this attribute. */
const FOLDER = { webkitdirectory: true };

interface FileButtonProps {
  readonly label: string;
  readonly accept?: string;
  readonly isMultiple?: boolean;
  readonly isFolder?: boolean;
  readonly onFiles: (files: readonly File[]) => Promise<void>;
}

function FileButton({ label, accept, isMultiple = false, isFolder = false, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={isMultiple}
        {...(isFolder ? FOLDER : {})}
        onChange={async ({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // the same file can be chosen again after it was corrected
          currentTarget.value = "";
          if (files.length > 0) await onFiles(files);
        }}
      />
    </>
  );
}
