import type { FormulaName } from "./story-names.ts";
import type { FormulaText } from "./story-texts.ts";

export const FORMULAS_KO: Readonly<Record<FormulaName, FormulaText>> = {
  backpropagation: {
    spoken:
      "l층 활성값에 대한 손실의 기울기는, 그 위의 모든 k층에 대해 전치한 가중치와 활성화 함수의 기울기를 대각 성분으로 하는 행렬을 곱한 다음, 맨 위 D층의 기울기를 곱한 것과 같습니다.",
    note: "L 손실, h 활성값, z 활성화 함수 f에 들어가는 합, W 가중치, D 깊이",
  },
  sigmoidSlope: {
    spoken: "z에서 시그모이드의 기울기는 시그모이드 z 곱하기 1 빼기 시그모이드 z이며, 4분의 1을 넘지 않습니다.",
    note: "z = 0에서 가장 큽니다",
  },
  gain: {
    spoken: "ReLU 층 하나의 이득 g는 표준 편차 s 곱하기 루트 2분의 n이고, D층을 지나면 g의 D제곱이 됩니다.",
    note: "s 가중치의 표준 편차, n 유닛의 입력 수, D 깊이",
  },
  gap: {
    spoken: "격차는 시험 표본의 평균 손실에서 훈련 표본의 평균 손실을 뺀 값입니다.",
    note: "크면 과적합입니다",
  },
  weightDecay: {
    spoken: "목적 함수는 손실 더하기 2분의 람다 곱하기 모든 가중치 제곱의 합입니다.",
    note: "λ 가중치 감쇠의 세기",
  },
  glorot: {
    spoken: "Glorot: 가중치의 분산은 입력 수와 출력 수의 합분의 2입니다.",
    note: "Glorot: tanh와 시그모이드에 씁니다",
  },
  he: {
    spoken: "He: 가중치의 분산은 입력 수분의 2입니다.",
    note: "He: 제곱 평균을 절반으로 줄이는 ReLU에 씁니다",
  },
  lecun: {
    spoken: "LeCun: 가중치의 분산은 입력 수분의 1입니다.",
    note: "LeCun: SELU에 씁니다",
  },
  leakyRelu: {
    spoken: "LeakyReLU x는 x와 알파 x 가운데 큰 값이며, 기울기는 x가 양수이면 1, 음수이면 알파입니다.",
    note: "ReLU: α = 0, LeakyReLU: α = 0.01",
  },
  normalize: {
    spoken: "x 햇은 x에서 배치 평균을 뺀 값을, 배치 분산 더하기 엡실론의 제곱근으로 나눈 값입니다.",
    note: "B 배치, ε 0으로 나누지 않게 하는 작은 수",
  },
  scaleAndShift: {
    spoken: "y는 감마 곱하기 x 햇 더하기 베타입니다.",
    note: "γ와 β는 학습합니다",
  },
  clip: {
    spoken: "g를, g에 1과 g의 노름분의 c 가운데 작은 값을 곱한 것으로 바꿉니다.",
    note: "g 모든 기울기를 한 벡터로 본 것, c 허용하는 가장 큰 노름",
  },
  momentum: {
    spoken: "모멘텀: v는 뮤 v 더하기 g가 되고, w는 w 빼기 에타 v가 됩니다.",
    note: "모멘텀: g 기울기, η 학습률, μ = 0.9",
  },
  rmsprop: {
    spoken:
      "RMSProp: s는 로 s 더하기 1 빼기 로 곱하기 g 제곱이 되고, w는 w 빼기 에타 g 나누기 루트 s 더하기 엡실론이 됩니다.",
    note: "RMSProp: ρ = 0.9",
  },
  adamMoments: {
    spoken:
      "Adam의 모멘트: m은 베타1 m 더하기 1 빼기 베타1 곱하기 g가 되고, s는 베타2 s 더하기 1 빼기 베타2 곱하기 g 제곱이 됩니다.",
    note: "Adam: β₁ = 0.9, β₂ = 0.999",
  },
  adamStep: {
    spoken:
      "Adam의 갱신: w는 w 빼기 에타 곱하기, 1 빼기 베타1의 t제곱으로 나눈 m을, 1 빼기 베타2의 t제곱으로 나눈 s의 제곱근 더하기 엡실론으로 나눈 값이 됩니다.",
    note: "t 지금까지의 스텝 수. 분수는 0에서 시작한 것을 보정합니다",
  },
  dropout: {
    spoken: "y는 m과 h를 성분마다 곱해 1 빼기 p로 나눈 값이며, m은 확률 1 빼기 p로 1이고 나머지는 0입니다.",
    note: "p 끄는 유닛의 비율. 스텝마다 새로 뽑고, 예측할 때는 y = h입니다",
  },
  throughTime: {
    spoken:
      "시각 t의 상태에 대한 손실의 기울기는, 그 뒤의 모든 시각 k에 대해 전치한 순환 가중치와 기울기의 대각 행렬을 곱한 다음, 마지막 시각 T의 기울기를 곱한 것과 같습니다.",
    note: "U 순환 가중치. 모든 시각에서 같습니다",
  },
  cellState: {
    spoken: "시각 t의 셀 상태는 망각 게이트 곱하기 직전 셀 상태, 더하기 입력 게이트 곱하기 후보 값입니다.",
    note: "f 망각 게이트, i 입력 게이트, c̃ 후보 값, ⊙ 성분별 곱",
  },
};
