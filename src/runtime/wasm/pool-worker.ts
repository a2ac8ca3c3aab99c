/** Words of the control block, each on a cache line of its own. */
export const WORD = { generation: 0, command: 16, program: 32, done: 48, failed: 64 } as const;
export const CONTROL_BYTES = 320;
export const COMMAND = { load: 1, run: 2, unload: 3, stop: 4 } as const;

/** Turns of spinning before a worker sleeps, some nanoseconds each. A sleeper takes 50 to 100 microseconds to wake, so a worker spins for
 *  about as long as a training loop takes to prepare the next batch, and an idle engine uses no processor. */
const WORKER_SPINS = 100_000;

/** What a worker does, in Node and in a page: wait for the generation to change, perform one command, count itself done. It waits with its
 *  event loop blocked, so that no message passes while programs run; only a `load` lets it go back to the loop, for the module comes in
 *  a message. The first message brings the control block, the memory and the thread's number, and is answered. */
export const WORKER_SOURCE = `
const port = typeof require === "function" ? require("node:worker_threads").parentPort : globalThis;
const programs = new Map();
let words, memory, thread, seen = 0;
function done() {
  Atomics.add(words, ${WORD.done}, 1);
  Atomics.notify(words, ${WORD.done});
}
function attempt(work) {
  try {
    work();
  } catch (error) {
    Atomics.store(words, ${WORD.failed}, 1);
    console.error(error);
  }
  done();
}
function serve() {
  for (;;) {
    let turns = 0;
    while (Atomics.load(words, ${WORD.generation}) === seen) if (++turns > ${WORKER_SPINS}) Atomics.wait(words, ${WORD.generation}, seen);
    seen = Atomics.load(words, ${WORD.generation});
    const command = Atomics.load(words, ${WORD.command});
    const program = Atomics.load(words, ${WORD.program});
    if (command === ${COMMAND.run}) attempt(() => programs.get(program)(thread));
    else if (command === ${COMMAND.unload}) attempt(() => programs.delete(program));
    else if (command === ${COMMAND.load}) return;
    else {
      done();
      port.close();
      return;
    }
  }
}
function receive(message) {
  if (message.control !== undefined) {
    words = new Int32Array(message.control);
    ({ memory, thread } = message);
    port.postMessage("ready");
  } else {
    attempt(() => programs.set(message.program, new WebAssembly.Instance(message.module, { env: { memory } }).exports.run));
  }
  serve();
}
if (port === globalThis) port.onmessage = ({ data }) => receive(data);
else port.on("message", receive);
`;
