/** The chat: loaded after the picture. */
export { default as ChatEdge } from './ChatEdge.svelte';
export { default as ChatPanel } from './ChatPanel.svelte';
export { loadChatWords } from '../messages/chat.ts';
export { ChatStore } from './chat.svelte.ts';
