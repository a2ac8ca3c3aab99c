import { fragmentOf, keepAddress } from "gradus-parts/page/address.ts";
import { keptSignal } from "gradus-parts/page/kept-signal.ts";
import { LANGUAGES, language } from "gradus-parts/text/language.ts";
import { render } from "preact";
import { DEFAULT_CONFIG } from "./config/defaults.ts";
import { decodeConfig, encodeConfig } from "./config/url.ts";
import { isolate, wantedThreads } from "./isolation.ts";
import { createLab } from "./lab/lab-client.ts";
import { createPlayground } from "./state/playground.ts";
import { App } from "./view/App.tsx";
import { PlaygroundContext } from "./view/context.ts";
import "./style/main.css";

void isolate();

const kept = keptSignal("gradus-playground-language", LANGUAGES, language.peek());
language.value = kept.value;
language.subscribe((value) => {
  kept.value = value;
});

const first = decodeConfig(fragmentOf(location), DEFAULT_CONFIG);
const playground = createPlayground({
  config: first.config,
  theme: keptSignal("gradus-playground-theme", ["auto", "light", "dark"], "auto"),
  createLab,
  threads: wantedThreads(),
  address: (config) => `${location.href.split("#")[0]}#${encodeConfig(config)}`,
  // the doctor is fetched when it is asked
  prover: {
    connect: async () => (await import("./proof.ts")).connectProof(),
    trainingOf: async (...what) => (await import("./proof.ts")).trainingOf(...what),
    prescribe: async (...what) => (await import("./proof.ts")).prescribed(...what),
  },
});
const { store, actions } = playground;
actions.notify(...first.problems);
keepAddress({
  value: store.config,
  bar: window,
  encode: encodeConfig,
  onOther(fragment) {
    const { config, problems } = decodeConfig(fragment, DEFAULT_CONFIG);
    actions.notify(...problems);
    actions.open(config);
  },
});

const root = document.getElementById("app");
if (root !== null) {
  root.replaceChildren();
  render(
    <PlaygroundContext.Provider value={playground}>
      <App />
    </PlaygroundContext.Provider>,
    root,
  );
}
