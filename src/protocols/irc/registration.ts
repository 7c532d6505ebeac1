import type { PlainReader } from './sasl.ts';

/** What somebody has said of themselves before they have a nick. */
export class Registration {
  nick: string | undefined;
  hasUser = false;
  password: string | undefined;
  /** They negotiate capabilities, and are not through. */
  isNegotiating = false;
  sasl: PlainReader | undefined;
  /** How often they have tried to say who they are. */
  tries = 0;

  /** Whether all has been said. */
  get isComplete(): boolean {
    return this.nick !== undefined && this.hasUser && !this.isNegotiating;
  }
}
