import type { ExamineEvent } from "../../doctor/examine.ts";
import type { Language } from "../../telling/texts/texts.ts";
import type { Meaning } from "../../watch/log/series.ts";

type Filled = Readonly<Record<string, string | number>>;

/** What the command itself says; the diagnosis has its own texts. */
interface Words {
  readonly phases: Readonly<Record<ExamineEvent["phase"], string>>;
  readonly heldOut: (values: Filled) => string;
  readonly interrupting: (values: Filled) => string;
  readonly interrupted: string;
  readonly nothingKnown: string;
  readonly saved: (values: Filled) => string;
  readonly notSaved: string;
  readonly read: (values: Filled) => string;
  readonly more: (values: Filled) => string;
  readonly ignored: (values: Filled) => string;
  readonly warning: string;
  readonly meanings: Readonly<Record<Meaning["kind"], string>>;
  readonly parts: Readonly<Record<"train" | "validation" | "test", string>>;
  readonly ofLayer: (layer: string) => string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    phases: {
      preflight: "looking before the first step",
      runs: "watching the training as it is",
      rules: "asking the rules",
      prescribe: "choosing remedies",
      trial: "trying a remedy against the training as it is",
      done: "done",
    },
    heldOut: ({ count }) =>
      `The experiment holds out no validation part: ${count} of the training samples (a fifth) are held out.`,
    interrupting: ({ name }) => `${name}: ending the examination (again to end at once)`,
    interrupted: "Interrupted: this is what is known so far.",
    nothingKnown: "Interrupted before anything was known.",
    saved: ({ file }) => `saved to ${file}`,
    notSaved: "Not saved: no remedy was proven, so there is no cured experiment.",
    read: ({ file, steps, epochs }) => `${file}: ${steps} steps, ${epochs} epochs`,
    more: ({ count }) => `… and ${count} more (--details shows all)`,
    ignored: ({ names }) => `not understood: ${names}`,
    warning: "warning",
    meanings: {
      loss: "loss",
      accuracy: "accuracy",
      gradient: "norm of the gradient",
      weight: "norm of the weights",
      update: "norm of the update",
      activation: "outputs",
      zeros: "share of zeros",
      dead: "share of dead units",
      saturated: "share of saturated outputs",
      step: "number of the step",
      epoch: "number of the epoch",
      other: "no rule asks for it",
    },
    parts: { train: "training", validation: "validation", test: "test" },
    ofLayer: (layer) => `of ${layer}`,
  },
  ko: {
    phases: {
      preflight: "첫 스텝 전에 살펴보는 중",
      runs: "훈련을 그대로 관찰하는 중",
      rules: "규칙을 적용하는 중",
      prescribe: "처방을 고르는 중",
      trial: "처방을 원래 훈련과 비교하는 중",
      done: "끝",
    },
    heldOut: ({ count }) => `실험에 검증 데이터가 없어 훈련 샘플 중 ${count}개(5분의 1)를 따로 떼어 둡니다.`,
    interrupting: ({ name }) => `${name}: 진찰을 마치는 중 (한 번 더 누르면 바로 끝냅니다)`,
    interrupted: "중단됨: 지금까지 알게 된 내용입니다.",
    nothingKnown: "무엇인가를 알기 전에 중단되었습니다.",
    saved: ({ file }) => `${file}에 저장했습니다`,
    notSaved: "저장하지 않음: 효과가 입증된 처방이 없어 치료된 실험이 없습니다.",
    read: ({ file, steps, epochs }) => `${file}: ${steps}스텝, ${epochs}에포크`,
    more: ({ count }) => `… 그 밖에 ${count}개 (--details로 모두 표시)`,
    ignored: ({ names }) => `알 수 없음: ${names}`,
    warning: "경고",
    meanings: {
      loss: "손실",
      accuracy: "정확도",
      gradient: "기울기의 노름",
      weight: "가중치의 노름",
      update: "갱신의 노름",
      activation: "출력",
      zeros: "0의 비율",
      dead: "죽은 유닛의 비율",
      saturated: "포화된 출력의 비율",
      step: "스텝 번호",
      epoch: "에포크 번호",
      other: "어떤 규칙도 쓰지 않음",
    },
    parts: { train: "훈련", validation: "검증", test: "테스트" },
    ofLayer: (layer) => `(${layer})`,
  },
};

/** `training loss`, `norm of the gradient of layers.3` */
export function describeMeaning(meaning: Meaning, language: Language): string {
  const { meanings, parts, ofLayer } = WORDS[language];
  const name = meanings[meaning.kind];
  if ("part" in meaning) return `${parts[meaning.part]} ${name}`;
  return "layer" in meaning && meaning.layer !== undefined ? `${name} ${ofLayer(meaning.layer)}` : name;
}
