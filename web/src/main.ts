import './base.css';
import { mount } from 'svelte';
import { prepare } from './app.svelte.ts';
import Site from './Site.svelte';

mount(Site, { target: document.getElementById('app')!, props: { start: await prepare() } });
