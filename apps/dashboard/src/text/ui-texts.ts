import type { RunKind, RunStatus } from "gradus/dashboard-protocol";
import type { Labelled } from "gradus-parts/fields/labelled.ts";
import type { MeasureGroupName } from "../state/measure-groups.ts";
import type { Axis, SortName, Tab } from "../state/settings.ts";

/** Keys of the page. */
export const COMMANDS = ["search", "measures", "curves", "compare", "run", "help"] as const;
export type CommandName = (typeof COMMANDS)[number];

/** All texts of the page but those of charts and of one run. */
export interface UiTexts {
  readonly title: string;
  readonly skipToMain: string;
  readonly close: string;
  readonly dismiss: string;
  readonly copy: string;
  readonly copied: string;
  readonly header: {
    readonly folder: (path: string) => string;
    readonly language: string;
    readonly theme: string;
    readonly themes: Readonly<Record<"auto" | "light" | "dark", string>>;
    readonly share: Labelled;
    readonly notCopied: string;
    readonly help: string;
  };
  readonly connection: Readonly<Record<"connecting" | "live" | "lost" | "static", Labelled>> & {
    readonly gone: string;
  };
  readonly tabs: Readonly<Record<Tab, string>> & { readonly name: string };
  readonly statuses: Readonly<Record<RunStatus, Labelled>>;
  readonly kinds: Readonly<Record<RunKind, string>>;
  readonly runs: {
    readonly title: string;
    readonly choose: string;
    readonly count: (shown: string, all: string) => string;
    readonly selected: (count: string) => string;
    readonly search: Labelled;
    readonly badFilter: (part: string) => string;
    readonly clear: string;
    readonly sort: string;
    readonly sorts: Readonly<Record<SortName, string>>;
    readonly ascending: string;
    readonly descending: string;
    readonly group: string;
    readonly noGroup: string;
    readonly without: string;
    readonly selectAll: Labelled;
    readonly selectNone: Labelled;
    readonly selectOnly: (name: string) => string;
    readonly show: (name: string) => string;
    readonly open: (name: string) => string;
    readonly step: (step: string, of: string | undefined) => string;
    readonly epoch: (epoch: string, of: string | undefined) => string;
    readonly loss: string;
    readonly noValue: string;
    readonly warnings: (count: number) => string;
    readonly findings: (count: number) => string;
    readonly notFinite: string;
    readonly noMatch: string;
    readonly keys: string;
  };
  readonly empty: {
    readonly title: string;
    readonly about: (folder: string) => string;
    readonly own: string;
    readonly others: string;
    readonly waiting: string;
    readonly nothingSelected: string;
    readonly nothingSelectedAbout: string;
    readonly noMeasures: string;
    readonly noMeasuresAbout: string;
    readonly noMeasureMatches: (search: string) => string;
  };
  readonly curves: {
    readonly controls: string;
    readonly smoothing: Labelled;
    readonly logScale: Labelled;
    readonly xAxis: string;
    readonly xAxes: Readonly<Record<Axis, Labelled>>;
    readonly bands: Labelled;
    readonly ignoreOutliers: Labelled;
    readonly search: Labelled;
    readonly groups: Readonly<Record<MeasureGroupName, string>>;
    readonly charts: (count: string) => string;
    readonly pin: (name: string) => string;
    readonly unpin: (name: string) => string;
    readonly zoomed: string;
    readonly zoomBack: Labelled;
    readonly legend: string;
  };
  readonly compare: {
    readonly title: string;
    readonly about: (count: string) => string;
    readonly needTwo: string;
    readonly settings: string;
    readonly scores: string;
    readonly lastOf: (measure: string) => string;
    readonly least: (measure: string) => string;
    readonly most: (measure: string) => string;
    readonly leastShort: string;
    readonly mostShort: string;
    readonly best: string;
    readonly noDifference: string;
    readonly showEqual: Labelled;
    readonly orientation: string;
    readonly orientations: Readonly<Record<"rows" | "columns", string>>;
    readonly absent: string;
    readonly sortBy: (name: string) => string;
    readonly only: (shown: string, all: string) => string;
  };
  readonly announcements: {
    readonly lost: string;
    readonly live: string;
    readonly selected: (count: string) => string;
    readonly appeared: (name: string) => string;
    readonly ended: (name: string, status: string) => string;
    readonly notesSaved: string;
    readonly diagnosed: string;
  };
  readonly errors: {
    /** Sentences by code. Where there is none, the server's own message is shown. */
    readonly byCode: Readonly<Record<string, string>>;
    readonly failed: (what: string) => string;
    readonly code: (code: string) => string;
  };
  readonly help: {
    readonly title: string;
    readonly about: readonly string[];
    readonly shortcuts: string;
    readonly commands: Readonly<Record<CommandName, string>>;
    readonly onRuns: string;
    readonly runKeys: readonly (readonly [keys: string, what: string])[];
    readonly filterTitle: string;
    readonly filters: readonly (readonly [example: string, what: string])[];
    readonly privacyTitle: string;
    readonly privacy: string;
  };
}
