/** `roomcast/client`: the API and the room's socket, typed, for browsers and everything else that has `fetch`. */
export {
  type Note,
  type PersonRecord,
  type Timeout,
  ApiError,
  type Client,
  type ClientOptions,
  createClient,
  errorOf,
  type Me,
  type MeChange,
} from './api.ts';
export * from './admin-api.ts';
export { Backoff, type BackoffOptions } from './backoff.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type MediaControls,
  mediaControls,
  type MediaFormat,
  type MediaRequests,
  type MediaStats,
  type VolumeSetting,
} from './media-controls.ts';
export * from './messages.ts';
export type * from './webhooks.ts';
export { isGenuineWebhook, type WebhookRequest } from './webhook-signature.ts';
export { type Added, Conversation } from './conversation.ts';
export * from './me-api.ts';
export * from './room-api.ts';
export { type Asked, connectRoom, type Login, type RoomConnection, type RoomEvent, type RoomOptions } from './room.ts';
