/** A program that is started for each connection that comes in. */
export interface ListenerInput {
  address: string;
  port: number;
  /** Words of sh: what is started, with the connection as its standard input and output. */
  command: string;
}

/** What runs on a host for a while, whatever becomes of who started it. Names have letters, digits and hyphens. */
export interface Jobs {
  /** Commands that a host must have for them. */
  commands: string[];
  timer: {
    /** Runs a script once, after so many seconds; a second is as exact as it is. */
    arm(input: { name: string; seconds: number; script: string }): string;
    /** Ends it before that; succeeds where there is none. */
    disarm(name: string): string;
    /** Exits 0 while it is armed. */
    isArmed(name: string): string;
  };
  listener: {
    /** Begins to listen; ends by itself after so many seconds. */
    open(input: ListenerInput & { name: string; seconds: number }): string;
    /** Ends them; succeeds where there is none. */
    close(names: string[]): string;
    /** Exits 0 while it is there. */
    isOpen(name: string): string;
    /** Listens for as long as it is let. */
    here(input: ListenerInput): string;
  };
}
