import { onMount } from 'svelte';
import type { Clock } from '../../../src/client/index.ts';

const SECOND = 1000;

/** Wall time in ms that moves once a second while the component is there. */
export function everySecond(clock: Clock): { readonly wall: number } {
  let wall = $state(clock.wall());
  onMount(() => {
    let cancel: () => void;
    const tick = (): void => {
      wall = clock.wall();
      cancel = clock.after(SECOND, tick);
    };
    tick();
    return () => cancel();
  });
  return {
    get wall() {
      return wall;
    },
  };
}
