import { tick } from 'svelte';

/** Gives the keyboard to `to` once what has it now is gone from the page. */
export function returnFocus(to: Element | null): () => void {
  return () =>
    void tick().then(() => {
      if (document.activeElement === document.body && to instanceof HTMLElement) to.focus();
    });
}
