// A service worker that adds to every answer the two headers by which a browser gives a page shared memory, and with it threads. For hosts
// where headers cannot be set; src/isolation.ts registers it. It stores nothing and changes no content.
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** Statuses of answers that have no body. */
const WITHOUT_BODY = [101, 204, 205, 304];

async function answer(request) {
  const response = await fetch(request);
  // what another origin answers cannot be read, and a redirection is followed by the browser
  if (response.status === 0) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(WITHOUT_BODY.includes(status) ? null : response.body, { status, statusText, headers });
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  // the developer tools ask for such, and fetch() refuses them
  if (request.cache === "only-if-cached" && request.mode !== "same-origin") return;
  if (new URL(request.url).origin === self.location.origin) event.respondWith(answer(request));
});
