const WORKER = "isolation-worker.js";

/** In the tab's memory: this page has been loaded again, and needs no second time. */
const TRIED = "gradus-playground-isolation";

/** In the browser's memory, or as `?threads=` in the address. */
const THREADS = "gradus-playground-threads";

const MOST_THREADS = 64;

/** What becomes of the page: it is isolated; it is being loaded again, with a service worker or without; or it stays as it is and trains on
 *  one thread. */
export type Isolation = "isolated" | "reloading" | "one thread";

/** How many threads are wanted: `?threads=1`, or "1" in local storage under "gradus-playground-threads"; undefined: as many as there are. */
export function wantedThreads(): number | undefined {
  try {
    const wanted = new URLSearchParams(location.search).get("threads") ?? localStorage.getItem(THREADS);
    const count = Number(wanted);
    return wanted !== null && Number.isInteger(count) && count >= 1 && count <= MOST_THREADS ? count : undefined;
  } catch {
    // a browser may forbid storage
    return undefined;
  }
}

/** Gives the page shared memory on a host that sends no headers: registers a service worker that adds them, and loads the page again, once.
 *  Where that does not work, nothing happens. If one thread is wanted, an earlier service worker is taken away. */
export async function isolate(): Promise<Isolation> {
  try {
    const { serviceWorker } = navigator;
    if (wantedThreads() === 1) {
      sessionStorage.removeItem(TRIED);
      // an isolated page whose service worker has gone cannot start a worker: what it fetches lacks the headers
      if (await unregister(serviceWorker)) return reload();
      return crossOriginIsolated ? "isolated" : "one thread";
    }
    if (crossOriginIsolated) {
      sessionStorage.removeItem(TRIED);
      return "isolated";
    }
    if (!isSecureContext || serviceWorker === undefined || sessionStorage.getItem(TRIED) !== null) return "one thread";
    await serviceWorker.register(new URL(WORKER, document.baseURI));
    await serviceWorker.ready;
    sessionStorage.setItem(TRIED, "1");
    // without this mark nothing would stop a second time
    if (sessionStorage.getItem(TRIED) === null) return "one thread";
    return reload();
  } catch {
    return crossOriginIsolated ? "isolated" : "one thread";
  }
}

function reload(): Isolation {
  location.reload();
  return "reloading";
}

/** Takes our service worker away. True if there was one. */
async function unregister(container: ServiceWorkerContainer | undefined): Promise<boolean> {
  const all = (await container?.getRegistrations()) ?? [];
  const own = all.filter(({ active }) => active?.scriptURL === new URL(WORKER, document.baseURI).href);
  for (const registration of own) await registration.unregister();
  return own.length > 0;
}
