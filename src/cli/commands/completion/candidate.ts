/** One possible word. */
export interface Candidate {
  readonly text: string;
  readonly note?: string | undefined;
}

/** Words to offer, or that the shell is to offer file names. */
export type Candidates = readonly Candidate[] | 'files';
