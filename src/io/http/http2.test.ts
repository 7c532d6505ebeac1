import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { HttpResponse } from '../exchange.ts';
import { Http2Carrier } from './http2.ts';

test('a connection is free again when the last that stayed on it is over', () => {
  let freed = 0;
  const carrier = new Http2Carrier(new PassThrough(), () => freed++);
  const responses = [1, 2].map(() => new EventEmitter() as unknown as HttpResponse);
  for (const response of responses) carrier.take(response);
  responses[0]!.emit('close');
  expect([carrier.isTaken, freed]).toEqual([true, 0]);
  responses[1]!.emit('close');
  expect([carrier.isTaken, freed]).toEqual([false, 1]);
});
