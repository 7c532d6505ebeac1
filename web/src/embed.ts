import './base.css';
import { mount } from 'svelte';
import { prepare } from './app.svelte.ts';
import EmbedPage from './pages/EmbedPage.svelte';

mount(EmbedPage, { target: document.getElementById('app')!, props: { start: await prepare() } });
