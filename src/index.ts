/** The library: a server in your own program. */
export { createServer, type Environment, type Listening, type Server } from './server.ts';
export type { Options, Settings } from './config/settings.ts';
export { Busy, Denied, type ErrorCode, errorCodes, NotFound, ProtocolError, RoomcastError } from './errors.ts';
export type { Logger } from './log.ts';
export type { Access, Authorize, Credentials, Grant, Identity, Remote, Traffic } from './live/access.ts';
export type { Hub, HubEvents } from './live/hub.ts';
export type { Publisher } from './live/publisher.ts';
export type { Scheduler } from './live/scheduler.ts';
export type { Session } from './live/session.ts';
export type { Stream, StreamState } from './live/stream.ts';
export type { Subscription } from './live/subscription.ts';
export type { EndReason, Frame, FrameSink, Track } from './media/frame.ts';
export { type Push, push, type PushEvents, type PushOptions, type PushResult } from './push/push.ts';
export type { PushProgress } from './push/progress.ts';
export type { TranscodeOptions } from './push/transcode.ts';
export type { LinkState } from './push/uplink.ts';
export { probe, type ProbeOptions, type ProbeReport } from './probe/probe.ts';
export type { ProbeTrack } from './probe/census.ts';
