/** Names one host of the plan. */
export interface OnHost {
  host: string;
}
