/** The tables of `0008-webhooks.ts` and `0013-webhook-secrets.ts` as Kysely sees them. Times are ISO 8601 in UTC. */
export type WebhookTables = {
  webhooks: HookRow;
  webhook_deliveries: DeliveryRow;
  chat_commands: CommandRow;
};

export type HookRow = {
  id: string;
  room: string | null;
  url: string;
  secret: Uint8Array;
  secret_before: Uint8Array | null;
  secret_before_ends: string | null;
  settings: string;
  enabled: number;
  created: string;
};

export type DeliveryRow = {
  seq: number;
  hook: string;
  event: string;
  type: string;
  at: string;
  body: string;
  state: 'waiting' | 'sent' | 'dead';
  attempts: number;
  tried: string | null;
  status: number | null;
  error: string | null;
  ms: number | null;
};

export type CommandRow = {
  id: string;
  room: string;
  name: string;
  help: string;
  url: string;
  secret: Uint8Array;
  bot: string | null;
  created: string;
};
