import { fragmentOf, keepAddress } from "gradus-parts/page/address.ts";
import { keptSignal } from "gradus-parts/page/kept-signal.ts";
import { LANGUAGES, language } from "gradus-parts/text/language.ts";
import { render } from "preact";
import { createLiveSource } from "./data/live-source.ts";
import { createStaticSource, staticRunOf } from "./data/static-source.ts";
import { DashboardContext } from "./state/context.ts";
import { createDashboard } from "./state/dashboard.ts";
import { decodeView, encodeView } from "./state/fragment.ts";
import { App } from "./view/App.tsx";
import "./style/main.css";

const kept = keptSignal("gradus-dashboard-language", LANGUAGES, language.peek());
language.value = kept.value;
language.subscribe((value) => {
  kept.value = value;
});

const saved = staticRunOf(document.getElementById("gradus-run")?.textContent);
const source =
  saved === undefined
    ? createLiveSource({
        fetch: (address, init) => fetch(address, init),
        openStream: (address) => new EventSource(address),
      })
    : createStaticSource(saved);
const first = decodeView(fragmentOf(location));
const dashboard = createDashboard(source, saved === undefined ? first : { ...first, runs: "all" });
keepAddress({
  value: dashboard.store.view,
  bar: window,
  encode: encodeView,
  onOther: (fragment) => dashboard.actions.set(decodeView(fragment)),
});

const root = document.getElementById("app");
if (root !== null) {
  root.replaceChildren();
  render(
    <DashboardContext.Provider value={dashboard}>
      <App />
    </DashboardContext.Provider>,
    root,
  );
}
