import type { Language } from "../../../telling/texts/texts.ts";
import type { CureName, RivalName } from "../patients/patient.ts";

export interface CureText {
  /** Of the remedy. */
  readonly name: string;
  /** The failing network, in a few words. */
  readonly patient: string;
  /** What goes wrong in it and why. */
  readonly disease: string;
  /** What the remedy does about it. */
  readonly remedy: string;
}

/** A name and a description. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** All texts of the demonstration in one language. Gaps as in the doctor's templates (`fill`). */
export interface DemoTexts {
  readonly language: Language;
  readonly cures: Readonly<Record<CureName, CureText>>;
  readonly rivals: Readonly<Record<RivalName, string>>;
  // on the terminal
  readonly data: string; // train, test
  readonly proving: string; // number, of, name
  readonly left: string; // time
  readonly finishing: string; // signal
  readonly without: string;
  readonly with: string;
  readonly verdict: Readonly<Record<"proven" | "not-proven", string>>; // gain, needed
  readonly result: Readonly<Record<"proven" | "not-proven", string>>;
  readonly seedAgainst: string; // seed
  readonly brokeOff: string; // step
  readonly togetherTitle: string;
  readonly togetherResult: string; // accuracy
  readonly done: string; // time, path
  readonly jsonWritten: string; // path
  // the report
  readonly title: string;
  readonly lead: string;
  readonly quickNote: string;
  readonly contents: string;
  readonly remedyColumn: string;
  readonly tileProven: string;
  readonly tileTogether: string; // depth
  readonly tilePatient: string; // depth
  readonly diseaseTitle: string;
  readonly remedyTitle: string;
  readonly changedTitle: string;
  readonly picturesTitle: string;
  readonly figuresTitle: string;
  readonly paper: string; // paper
  readonly seedColumn: string;
  readonly meanRow: string;
  readonly differenceColumn: string;
  readonly signalTitle: string;
  readonly signalAxis: string;
  readonly signalCaption: string;
  readonly atFirst: string;
  readonly atEnd: string;
  readonly backThroughTime: string;
  readonly backThroughTimeCaption: string;
  readonly normOverSteps: string;
  readonly normOverStepsCaption: string;
  readonly rivalsNote: string;
  readonly updateTitle: string;
  readonly updateAxis: string;
  readonly updateCaption: string;
  readonly raceTitle: string;
  readonly raceCaption: string;
  readonly rateTitle: string;
  readonly rateColumn: string;
  readonly optimizerColumn: string;
  readonly gapTitle: string;
  readonly gapCaption: string;
  readonly onTraining: string; // arm
  readonly onUnseen: string; // arm
  readonly loss: string;
  readonly togetherText: string; // depth, epochs, accuracy
  readonly mapTitle: string; // arm
  readonly mapCaption: string;
  readonly allSix: string;
  readonly deepPatient: string;
  readonly methodTitle: string;
  readonly method: Readonly<Record<"data" | "pairs" | "proof" | "engine" | "machine" | "time" | "again", Fact>>;
  readonly minutes: string; // minutes, seconds
  readonly seconds: string; // seconds
}
