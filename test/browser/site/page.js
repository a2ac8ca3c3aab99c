import { train } from "./train.js";

/** The same training on the page's own thread and in a worker. */
globalThis.trainings = Promise.all([
  train(),
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }),
]);
