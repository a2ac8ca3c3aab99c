/** The words of a field. */
export interface Labelled {
  readonly label: string;
  /** What the value means, with its unit. */
  readonly hint: string;
}
