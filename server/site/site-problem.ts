/** One thing that is wrong with a site's file, for the operator. */
export interface SiteProblem {
  readonly file: string
  readonly message: string
}
