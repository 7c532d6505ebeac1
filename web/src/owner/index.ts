/** The owner's part of the page; a chunk of its own, since most who come are viewers. */
export { Desk } from './desk.svelte.ts';
export { default as EndButton } from './EndButton.svelte';
export { default as FirstRun } from './FirstRun.svelte';
export { default as OwnerDesk } from './OwnerDesk.svelte';
