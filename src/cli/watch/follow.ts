import { setTimeout as wait } from "node:timers/promises";
import { shown } from "../../core/terminal-text.ts";
import type { RunReader, RunStatus } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { EventLines } from "./event-lines.ts";
import { Findings } from "./findings.ts";
import { frameOf } from "./frame.ts";
import { Screen } from "./screen.ts";

export interface FollowOptions {
  readonly language: Language;
  /** Milliseconds between two looks at the run. */
  readonly everyMs: number;
  /** One picture, whatever the run does. */
  readonly once: boolean;
}

/** What the exit status says about a run that has ended. */
const STATUS = {
  running: EXIT.ok,
  finished: EXIT.ok,
  stopped: EXIT.ok,
  unknown: EXIT.ok,
  failed: EXIT.sick,
  killed: EXIT.environment,
} as const satisfies Record<RunStatus, number>;

/** Rows of a picture that stays on the terminal or goes to a pipe. */
const STILL_ROWS = 40;

/** Watches a run until it ends or the command is interrupted: a picture that is redrawn in place on a terminal, a line for every epoch
 *  elsewhere, one JSON object for every event with --json. */
export async function follow(terminal: Terminal, reader: RunReader, options: FollowOptions): Promise<number> {
  const { out, isJson } = terminal;
  const findings = new Findings(reader);
  if (options.once) {
    still(terminal, reader, findings, options.language);
    return EXIT.ok;
  }
  const interruption = onInterrupt(() => undefined);
  const { signal } = interruption;
  const tell = isJson
    ? jsonTeller(terminal, reader)
    : out.isTTY
      ? screenTeller(terminal, reader, options.language)
      : lineTeller(terminal, reader, options.language);
  try {
    for (;;) {
      if (reader.refresh()) findings.changed();
      const isOver = reader.status !== "running";
      const found = findings.update(performance.now(), isOver);
      tell.show(found);
      if (isOver) break;
      await Promise.race([wait(options.everyMs, undefined, { signal }).catch(() => undefined), tell.woken()]);
      if (signal.aborted) break;
    }
    tell.close();
    if (signal.aborted) return interruption.status() === EXIT.interrupted ? EXIT.ok : interruption.status();
    tell.end(findings);
    return STATUS[reader.status];
  } finally {
    tell.close();
    interruption.release();
  }
}

type Found = Findings["found"];

/** A way to tell about a run. */
interface Teller {
  show(found: Found): void;
  /** Resolves when it wants to show the run again at once. */
  woken(): Promise<void>;
  /** Leaves the terminal as it was. */
  close(): void;
  /** The run has ended. */
  end(findings: Findings): void;
}

const never = () => new Promise<void>(() => undefined);

function jsonTeller({ out }: Terminal, reader: RunReader): Teller {
  const lines = new EventLines(reader, "en");
  return {
    show() {
      for (const event of lines.newEvents()) jsonLine(out, event);
    },
    woken: never,
    close: () => undefined,
    end: ({ found }) => jsonLine(out, { type: "ended", status: reader.status, findings: found }),
  };
}

function lineTeller({ out }: Terminal, reader: RunReader, language: Language): Teller {
  const lines = new EventLines(reader, language);
  return {
    show: (found) => {
      for (const text of lines.next(found)) line(out, text);
    },
    woken: never,
    close: () => undefined,
    end: () => line(out, lines.end()),
  };
}

function screenTeller(terminal: Terminal, reader: RunReader, language: Language): Teller {
  const { out } = terminal;
  const screen = new Screen(out);
  let wake: () => void = () => undefined;
  const redraw = () => {
    screen.forget();
    wake();
  };
  // the terminal has another size, or the command comes back from the background
  out.on("resize", redraw);
  process.on("SIGCONT", redraw);
  // Ctrl-Z: the shell gets the terminal as it was
  const suspend = () => {
    screen.close();
    process.kill(process.pid, "SIGSTOP");
  };
  process.on("SIGTSTP", suspend);
  return {
    show: (found) => screen.draw(frameOf(out, reader, found, language).map(shown)),
    woken: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    close() {
      out.off("resize", redraw);
      process.off("SIGCONT", redraw);
      process.off("SIGTSTP", suspend);
      screen.close();
    },
    end: (findings) => still(terminal, reader, findings, language),
  };
}

/** A picture that stays. */
function still({ out, isJson }: Terminal, reader: RunReader, findings: Findings, language: Language): void {
  const found = findings.update(performance.now(), true);
  if (isJson) {
    jsonLine(out, { type: "run", id: reader.id, name: reader.name, status: reader.status, findings: found });
    return;
  }
  for (const text of frameOf(out, reader, found, language, Math.min(out.rows || STILL_ROWS, STILL_ROWS)))
    line(out, text);
}
