/** Resolves secret references on the worker. */
export interface Secrets {
  /** @throws ApplicationFailure SecretMissing that names the reference, never a value */
  resolve(ref: string): Promise<string>;
}
