import type { GuardedClient } from '../../io/guarded-client.ts';
import type { CommandAnswers } from './command-answers.ts';
import type { CommandDirectory } from './command-directory.ts';
import type { DecisionHooks } from './decision-hooks.ts';
import type { Deliveries } from './deliveries.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { HookDirectory } from './hook-directory.ts';

/** What the routes of webhooks and commands share. */
export interface WebhookParts {
  readonly hooks: HookDirectory;
  readonly log: DeliveryLog;
  readonly deliveries: Deliveries;
  readonly decisions: DecisionHooks;
  readonly commands: CommandDirectory;
  readonly answers: CommandAnswers;
  readonly client: Pick<GuardedClient, 'check'>;
}
