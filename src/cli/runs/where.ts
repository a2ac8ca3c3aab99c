/** Where runs are, unless --runs says otherwise. */
export const RUNS = "runs";
