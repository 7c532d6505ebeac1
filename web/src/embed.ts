import './base.css';
import { mount } from 'svelte';
import EmbedPage from './pages/EmbedPage.svelte';

mount(EmbedPage, { target: document.getElementById('app')! });
