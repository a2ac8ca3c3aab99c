/** Message to a process that runs trainings. */
export type ToWorker =
  /** `job`: a training and the options of its run, as a crossing writes them. A data set is sent once. */
  { readonly kind: "run"; readonly job: unknown } | { readonly kind: "abort" };

/** Message from such a process. One `record` or `error` answers each `run`; both as a crossing writes them. */
export type FromWorker =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "record"; readonly record: unknown }
  | { readonly kind: "error"; readonly error: unknown };
