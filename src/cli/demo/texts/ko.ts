import type { DemoTexts } from "./texts.ts";

export const KO: DemoTexts = {
  language: "ko",
  cures: {
    initialisation: {
      name: "가중치 초기화",
      patient: "모든 가중치를 표준편차 0.01로 뽑은 ReLU 10층",
      disease:
        "유닛마다 입력 100개에 각각 가중치를 곱하여 더합니다. 가중치의 표준편차가 0.01이면 그 합은 입력의 약 14분의 1로 줄고, 10층을 지나면 이미지의 정보가 남지 않아 어떤 이미지에든 같은 답을 냅니다. 기울기도 되돌아오면서 같은 비율로 작아지므로 어느 층도 학습하지 못합니다.",
      remedy:
        "He 초기화는 입력이 n개인 층의 가중치를 표준편차 \u221a(2/n)로 뽑습니다. 그러면 합의 크기가 입력과 같아집니다(ReLU가 절반을 버리므로 2를 곱합니다). 층이 아무리 깊어도 순방향 신호와 역방향 기울기의 크기가 모두 유지됩니다.",
    },
    activation: {
      name: "포화되지 않는 활성화 함수",
      patient: "Glorot 초기화를 쓴 시그모이드 8층",
      disease:
        "시그모이드는 양 끝이 평평하여 그 구간의 미분값이 거의 0입니다. 가장 가파른 곳에서도 \u00bc에 불과합니다. 역전파는 층마다 기울기에 이 값을 한 번씩 곱하므로, 아래층에는 기울기가 거의 도달하지 않고 가중치가 초깃값에 머무릅니다.",
      remedy:
        "LeakyReLU의 미분값은 양수에서 1, 음수에서 작은 값 a(여기서는 0.01)입니다. 포화되지 않으므로 기울기가 줄지 않고 전달되며, 일반 ReLU와 달리 유닛이 죽지 않습니다.",
    },
    "batch-normalisation": {
      name: "배치 정규화",
      patient: "Glorot 초기화를 쓴 시그모이드 20층",
      disease:
        "시그모이드 층을 20개 쌓았습니다. 각 층의 출력은 이미지가 달라도 거의 같고, 다음 층에서는 그 차이가 더 작아집니다. 맨 아래층에 도달하는 기울기는 맨 위층의 기울기보다 여러 자릿수나 작습니다.",
      remedy:
        "배치 정규화는 배치 단위로 각 유닛의 입력을 평균 0, 분산 1로 맞춘 다음, 스케일과 이동 값은 신경망이 학습하게 합니다. 작아진 차이가 층마다 다시 커지고, 시그모이드는 가파른 구간에서 작동합니다. 예측할 때는 배치의 값 대신 평균과 분산의 이동평균을 사용합니다.",
    },
    clipping: {
      name: "기울기 클리핑",
      patient: "이미지를 28행으로 나누어 읽는 tanh 순환 신경망",
      disease:
        "같은 순환 가중치를 28번 반복하여 적용합니다. 이 가중치는 신호의 크기를 유지하는 값의 1.7배여서, 기울기는 한 행씩 되돌아갈 때마다 커지고 첫 행에서는 마지막 행의 수백 배가 됩니다. 이런 기울기로 스텝을 밟으면 가중치가 모든 tanh가 포화되는 영역으로 밀려나고, 그곳에서는 기울기가 소실되어 신경망이 회복하지 못합니다.",
      remedy:
        "전체 기울기의 노름이 임계값을 넘으면 기울기를 그 크기로 줄입니다. 방향은 그대로이고 스텝의 크기만 작게 유지되므로, 같은 기울기로도 신경망이 훈련됩니다.",
    },
    adam: {
      name: "Adam",
      patient: "시그모이드 3층, 큰 배치, 적은 스텝",
      disease:
        "시그모이드를 지날 때마다 기울기가 줄어들므로, 손실은 위층 가중치 방향으로는 가파르고 아래층 가중치 방향으로는 완만합니다. 학습률이 하나뿐이면 가파른 방향에는 너무 크거나 완만한 방향에는 너무 작습니다. 모멘텀은 골짜기를 따라 내려갈 때, RMSProp은 방향마다 크기가 다를 때 도움이 됩니다. 여기서는 옵티마이저마다 여러 학습률 중 가장 좋은 것을 사용했습니다.",
      remedy:
        "Adam은 둘을 결합합니다. 기울기의 이동평균(모멘텀)을 기울기 제곱의 이동평균의 제곱근(RMSProp)으로 나눕니다. 두 평균은 0에서 시작하므로 t번째 스텝에서 1 \u2212 \u03b2\u1d57로 나누어 바로잡습니다.",
    },
    dropout: {
      name: "드롭아웃",
      patient: "넓은 층 2개와 이미지 500장",
      disease:
        "이미지만으로 결정할 수 있는 것보다 가중치가 많아, 신경망이 이미지를 통째로 외웁니다. 훈련 손실은 0에 가까워지지만, 처음 보는 이미지의 손실은 줄다가 다시 커집니다. 이것이 과적합입니다.",
      remedy:
        "드롭아웃은 훈련 스텝마다 각 유닛을 확률 p(여기서는 은닉 유닛 \u00bd, 화소 \u2155)로 뺍니다. 어떤 유닛도 특정한 다른 유닛에 의존할 수 없으므로 유닛마다 스스로 쓸모가 있어야 합니다. 남은 유닛은 1/(1 \u2212 p)배로 키우고, 예측할 때는 모든 유닛을 사용합니다.",
    },
  },
  rivals: { sgd: "SGD", momentum: "모멘텀", rmsprop: "RMSProp", adam: "Adam" },
  data: "MNIST: 훈련 이미지 {train#}장, 테스트 이미지 {test#}장",
  proving: "{of}개 중 {number}번째: {name}",
  left: "남은 시간 {time}",
  finishing: "{signal}: 중단하는 중",
  without: "처방 전",
  with: "처방 후",
  verdict: {
    proven: "입증되었습니다. 처방의 효과는 {gain}이며, 우연이 아니라고 판단하려면 {needed|을/를} 넘어야 합니다.",
    "not-proven":
      "입증되지 않았습니다. 처방의 효과는 {gain}이며, 우연이 아니라고 판단하려면 {needed|을/를} 넘어야 합니다.",
  },
  result: { proven: "입증", "not-proven": "미입증" },
  seedAgainst: "시드 {seed}의 결과는 주장과 맞지 않습니다. 처방 후에 나아지지 않았습니다.",
  brokeOff: "{step#}번째 스텝에서 중단",
  togetherTitle: "여섯 가지 모두",
  togetherResult: "테스트 정확도 {accuracy}",
  done: "총 {time} 걸렸습니다. 차트와 설명: {path}",
  jsonWritten: "수치: {path}",
  title: "깊은 신경망은 왜 학습하지 못하는가, 그리고 여섯 가지 처방",
  lead: "저마다 한 가지 처방이 없어 학습하지 못하는 신경망 여섯 개를 MNIST 손글씨 숫자로 훈련합니다. 같은 난수로 처방 없이 세 번, 처방을 적용하여 세 번 훈련하고, 그 차이가 입증되는지 통계로 판정합니다.",
  quickNote:
    "--quick으로 실행했습니다. 신경망마다 이미지 몇백 장을 한 번씩만 보므로 수치에는 의미가 없습니다. --quick 없이 실행하십시오.",
  contents: "여섯 환자",
  remedyColumn: "처방",
  tileProven: "입증된 처방",
  tileTogether: "같은 신경망에 여섯 처방을 모두 적용했을 때의 테스트 정확도",
  tilePatient: "2010년 이전 방식으로 만든 시그모이드 {depth}층 신경망의 테스트 정확도(단순 추측은 11.35%)",
  diseaseTitle: "무엇이 잘못되는가",
  remedyTitle: "처방",
  changedTitle: "바꾼 것",
  picturesTitle: "신경망 내부",
  figuresTitle: "입증 결과",
  paper: "논문: {paper}.",
  seedColumn: "시드",
  meanRow: "평균 \u00b1 표준편차",
  differenceColumn: "차이",
  signalTitle: "이미지에 따른 출력의 차이",
  signalAxis: "이미지 사이의 표준편차",
  signalCaption:
    "첫 스텝 전, 로그 눈금. 이 값이 사라지면 신경망은 어떤 이미지에든 같은 답을 냅니다. 층 이름은 처방 전 신경망의 설정에서 0부터 센 위치입니다.",
  atFirst: "첫 스텝 전",
  atEnd: "훈련이 끝난 뒤",
  backThroughTime: "시간 단계별 기울기",
  backThroughTimeCaption:
    "이미지의 각 행에 도달하는 기울기, 로그 눈금, 첫 번째 시드. 기울기는 28행에서 1행으로 되돌아갑니다.",
  normOverSteps: "스텝별 기울기의 노름",
  normOverStepsCaption:
    "클리핑하기 전의 값, 로그 눈금. 선 하나가 실행 하나이며, 일찍 끝난 선은 값이 무한대가 되어 중단된 실행입니다.",
  rivalsNote: "차이는 Adam과 나머지 중 가장 좋은 옵티마이저를 비교한 값입니다.",
  updateTitle: "한 스텝에 각 층이 움직이는 정도",
  updateAxis: "갱신의 노름 / 가중치의 노름",
  updateCaption:
    "실행 전체의 중앙값, 로그 눈금. 학습률이 하나뿐이면 각 층이 기울기에 비례하여 움직이지만, RMSProp과 Adam은 기울기를 그 크기로 나눕니다.",
  raceTitle: "처음 보는 이미지의 손실",
  raceCaption: "옵티마이저마다 가장 좋은 학습률을 사용했습니다. 선 하나가 실행 하나입니다.",
  rateTitle: "학습률을 고른 방법",
  rateColumn: "학습률",
  optimizerColumn: "옵티마이저",
  gapTitle: "훈련 이미지와 처음 보는 이미지의 손실",
  gapCaption: "세 실행의 평균입니다. 두 곡선이 벌어지기 시작하면 신경망이 이미지를 외우고 있는 것입니다.",
  onTraining: "{arm}, 훈련",
  onUnseen: "{arm}, 처음 보는 이미지",
  loss: "손실",
  togetherText:
    "세 번째 환자의 깊은 신경망에 여섯 처방을 모두 적용하고 모든 이미지로 {epochs}에포크 훈련했습니다. 테스트 이미지 10,000장 중 {accuracy}를 정확히 분류합니다. 첫 스텝부터 마지막 스텝까지 모든 층이 비슷한 크기의 기울기를 받습니다.",
  mapTitle: "층과 스텝별 기울기: {arm}",
  mapCaption:
    "두 차트는 같은 색을 사용하며, 어두울수록 작고 밝을수록 큽니다. 층 이름은 처방 전 신경망의 설정에서 0부터 센 위치입니다.",
  allSix: "여섯 처방 모두",
  deepPatient: "처방 없음",
  methodTitle: "측정 방법",
  method: {
    data: {
      name: "데이터",
      text: "MNIST, 화솟값 0\u20131. 처음 보는 이미지: 실행 쌍에는 테스트 이미지 {validation#}장, 여섯 가지 모두에는 {test#}장",
    },
    pairs: {
      name: "실행 쌍",
      text: "시드 1, 2, 3이 가중치, 이미지의 순서, 드롭아웃을 정합니다. 처방 전과 후의 시드는 같습니다",
    },
    proof: {
      name: "입증",
      text: "평균 향상이 5% 수준의 대응 t 검정이 요구하는 크기, 처방 후 실행의 표준편차, 처음 보는 이미지에 따른 운으로 생길 수 있는 차이를 모두 넘어야 합니다",
    },
    engine: { name: "엔진", text: "Gradus {version}, {backend}" },
    machine: { name: "컴퓨터", text: "{machine}, 코어 {cores}개, Node {node}" },
    time: { name: "시간", text: "총 {time}, {date}" },
    again: { name: "재현 방법", text: "npm start -- --lang ko" },
  },
  minutes: "{minutes}분 {seconds}초",
  seconds: "{seconds}초",
};
