import type { Texts } from "../texts.ts";

/** 무엇을 재었고 무엇과 견주었는가. Gaps as in the English sentences. */
export const evidence = {
  "output-activation":
    "마지막 층의 출력 활성화 함수: {activation}.[ 손실 함수 {loss}에는 {expected|이/가} 맞습니다.][ 목푯값의 {value%}는 이 출력으로 이를 수 없는 곳에 있습니다(기준 {threshold%}).]",
  "output-units":
    "신경망이 샘플마다 내는 값은 {units}개입니다[ ({activation})]. 이것으로는 클래스를 구별할 수 없고, 모든 샘플에 같은 답을 냅니다.",
  "loss-for-task": "현재 손실 함수는 {loss}입니다.[ 이 과제({task})에 맞는 손실 함수는 {expected}입니다.]",
  "input-scale":
    "입력의 크기가 적절하지 않습니다. 대표적인 크기가 {value}입니다[ ({feature}번 특성이 가장 큼)][. 값의 범위는 {low}에서 {high}까지입니다][ (기준 {threshold}, 1 정도가 적당함)].",
  "input-spread":
    "입력 특성마다 크기가 다릅니다. 가장 큰 특성[({feature}번)]이 크기가 중간인 특성의 {value}배입니다[ (기준 {threshold}배)].",
  "input-variation":
    "입력값의 차이가 그 크기의 {value%}에 지나지 않습니다[ (기준 {threshold%})].[ 값의 범위는 {low}에서 {high}까지입니다.]",
  "input-not-finite": "입력값의 {value%}가 무한대이거나 숫자가 아닙니다[ (값 {count#}개)].",
  "input-constant": "입력 특성의 {value%}는 모든 샘플에서 값이 같아 아무 정보도 주지 못합니다.",
  "target-scale":
    "목푯값의 크기가 적절하지 않습니다. 대표적인 크기가 {value}입니다[. 값의 범위는 {low}에서 {high}까지입니다][ (기준 {threshold}, 1 정도가 적당함)].",
  "target-not-finite": "목푯값 중에[ {count#}개가] 무한대이거나 숫자가 아닙니다.",
  "labels-out-of-range": "레이블이 {low}에서 {high}까지 있습니다.[ 신경망의 클래스는 0부터 세어 {classes#}개입니다.]",
  "one-class": "샘플의 {value%}가 같은 레이블을 가지고 있어 구별할 것이 없습니다.",
  "class-missing": "[클래스 {classes#}개 가운데 ]{value#}개는 훈련 샘플에 한 번도 나오지 않습니다.",
  "class-imbalance":
    "샘플의 {value%}가 한 클래스에 속합니다[ (기준 {threshold%})]. 늘 그 클래스라고 답하기만 해도 성적이 좋아 보입니다.",
  "labels-not-integers": "레이블은 클래스를 가리키는 정수여야 하는데 그렇지 않습니다.",
  "labels-contradict": "입력이 똑같은 샘플 가운데 {value%}가 서로 다른 레이블을 가지고 있습니다[ (기준 {threshold%})].",
  "labels-unlearnable":
    "단순한 학습기도 이 데이터에서 {value@}에 그칩니다[(추측만 해도 {chance@})]. 입력이 레이블에 대해 알려 주는 것이 거의 없습니다.",
  "initial-deviation":
    "가중치의 초기 표준편차가 알맞은 값의 {value}배입니다[ (기준 {threshold})].[ 입력이 {fanIn#}개이고 활성화 함수가 {activation}일 때에는 {expected} 정도가 알맞습니다.]",
  "initial-constant": "이 층의 모든 가중치가 같은 값[({value})]에서 시작합니다.",
  "initial-twins":
    "이 층의 유닛 {value%}가 다른 유닛과 똑같은 가중치로 시작하여[ (기준 {threshold%})] 끝까지 같은 상태로 남습니다.",
  "initial-bias": "편향의 초깃값이 평균 {value}입니다[ (기준 {threshold})]. 보통은 0입니다.",
  "initial-dead": "첫 스텝 전에 이미 이 층의 유닛 {value%}가 모든 샘플에 대해 0을 냅니다[ (기준 {threshold%})].",
  "initial-saturated":
    "첫 스텝 전에 이미 이 층 출력의 {value%}가 활성화 함수의 평평한 구간에 있습니다[ (기준 {threshold%})].",
  "initial-signal":
    "훈련 전에 신호의 세기가 첫 은닉층에서 마지막 은닉층까지 가는 동안 {value}배가 됩니다[ ({first}에서 {last|으로/로})][ (기준 {threshold})]. 1배 정도가 적당합니다.",
  "initial-distinct":
    "훈련 전에 가장 깊은 층이 어떤 입력에도 거의 같은 값을 냅니다. 샘플에 따라 달라지는 부분은 신호의 {value%}입니다[ (기준 {threshold%})].",
  "initial-gradient-ratio":
    "훈련 전에 가장 낮은 층의 기울기가 가장 높은 층의 {value}배입니다[ ({first} 대 {last})][ (기준 {threshold})].",
  "initial-loss":
    "손실이 {value}에서 시작합니다[ (기준 {threshold})].[ 훈련 전의 신경망이라면 {expected} 근처에서 시작해야 합니다.]",
  "learning-rate-range": "학습률이 {value}입니다.[ {optimizer}에는 보통 {low}에서 {high} 사이가 알맞습니다.]",
  "hidden-activation":
    "은닉층 {value#}개가 {activation|을/를} 씁니다. 기울기가 온전히 지나가기 어려운 활성화 함수입니다.[ 이 층들을 지나면 기울기가 {factor}배로 줄어듭니다 (기준 {limit}배).]",
  "regularizer-strength": "훈련을 시작할 때 가중치 벌점이 손실의 {value}배입니다[ (기준 {threshold}배)].",
  "dropout-rate": "훈련하는 동안 값의 {value%}를 버립니다[ (기준 {threshold%})]. 남는 것이 너무 적어 배울 수 없습니다.",
  "batch-size": "한 스텝에 샘플 {value#}개를 씁니다[ (전체 {samples#}개)][ (기준 {threshold#}개)].",
  "one-batch":
    "신경망이 배치 하나도 외우지 못합니다.[ {steps#}스텝 동안] 손실이[ {before}에서] {value|이/가} 되었습니다[ (기준 {threshold})].",
  "gradient-ratio":
    "가중치 크기에 견주면 가장 낮은 층의 기울기가 가장 높은 층의 {value}배입니다[ (노름 {first} 대 {last})][ (기준 {threshold})]. 1배 정도가 적당합니다.",
  "gradient-norm": "전체 기울기의 노름이 {value}입니다[(이 실행의 보통 값은 {median})][ (기준 {threshold})].",
  "gradient-through-time":
    "[시간 단계 {steps#}개 가운데 ]첫 시간 단계에 닿는 기울기가 마지막 단계의 {value}배입니다[ (기준 {threshold})]. 1배 정도가 적당합니다.",
  "gradient-growth": "기울기가 처음의 {value}배로 커졌습니다[ ({usual}에서 {largest|으로/로})][ (기준 {threshold}배)].",
  "update-ratio":
    "한 스텝이 가중치를 그 크기의 {value%}만큼 바꿉니다[ (기준 {threshold%})]. 보통은 0.1% 정도입니다.[ {steps#}스텝을 모두 합해도 최대 {reach%}만 움직일 수 있습니다.]",
  "dead-share": "이 층의 유닛 {value%}가 모든 샘플에 대해 0을 내어[ (기준 {threshold%})] 아무것도 배우지 못합니다.",
  "zero-share": "이 층 출력의 {value%}가 정확히 0입니다[ (기준 {threshold%})].",
  "saturated-share":
    "이 층 출력의 {value%}가 활성화 함수의 평평한 구간에 있어[ (기준 {threshold%})] 기울기가 거의 지나가지 못합니다.",
  "distinct-share":
    "어떤 입력에도[ {layer}번 층의] 출력이 거의 같습니다. 샘플에 따라 달라지는 부분은 {value%}입니다[ (기준 {threshold%})].",
  "not-finite": "값이 무한대가 되거나 숫자가 아니게 되었습니다[: {tensor}][ ({step#}번째 스텝)].",
  "loss-growth": "손실이 처음의 {value}배가 되었습니다[ (기준 {threshold}배)].",
  "loss-fall": "훈련 전체에 걸쳐 훈련 손실이 {value%} 줄었습니다[ (기준 {threshold%})].",
  "few-steps":
    "한 스텝의 크기는 보통이지만 스텝이 {value#}번뿐입니다.[ 적어도 {threshold#}번은 필요합니다.][ 모두 합해도 가중치를 {reach%}만 움직일 수 있습니다.]",
  "loss-still-falling":
    "훈련이 끝날 때에도 훈련 손실이 계속 줄고 있었습니다. 전체 감소량의 {value%}가 마지막 구간에서 나왔습니다[ (기준 {threshold%})].",
  "loss-swing": "에포크마다 손실이 그 크기의 {value%}만큼 오르내립니다[ (기준 {threshold%})].",
  "score-swing":
    "처음 보는 샘플에 대한 성적이 에포크마다 {value@}씩 널뜁니다[ (기준 {threshold@})].[ 에포크의 {share%}에서 그렇습니다.]",
  "score-against-attainable":
    "처음 보는 샘플에서 신경망의 성적[({metric})]은 {value@}인데, 단순한 학습기[({learner})]는 {attainable@}에 이릅니다[(추측은 {chance@})].[ {threshold@} 이상은 나와야 합니다.]",
  "score-chance":
    "처음 보는 샘플에서 신경망의 성적[({metric})]이 {value@}입니다. 추측[({chance@})]보다 나을 것이 없습니다.",
  "train-score":
    "배우는 샘플에서조차 신경망의 성적이 {value@}에 그칩니다[ (기준 {threshold@})].[ 단순한 학습기는 {attainable@}에 이릅니다.]",
  "generalisation-gap":
    "배우는 샘플의 성적이 처음 보는 샘플의 성적보다 {value@}만큼 높습니다[ ({training@} 대 {validation@})][ (기준 {threshold@})].",
  "validation-loss-rise":
    "처음 보는 샘플에 대한 손실이 가장 낮았던 때[({epoch#}번째 에포크)]의 {value}배로 올랐습니다[ (기준 {threshold}배)].",
  "other-seeds": "난수를 바꾼 실행[ {runs#}번] 가운데 {count#}번에서 같은 증상이 나타납니다.",
} as const satisfies Texts["evidence"];
