/** A value that a key can be given. */
export type SettingValue = string | number | boolean | string[];

/** A configuration text that can't be edited safely; the message says where and what to do. */
export class ConfigEditError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigEditError';
  }
}

/** Where a key goes that the text does not have yet. */
export type Missing = 'nested' | 'flat' | 'refuse';
