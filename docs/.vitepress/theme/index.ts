import type { Theme } from 'vitepress';
// Its fonts are those of the system: none is loaded.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { Screens } from './screens.js';
import './style.css';

export default {
	extends: DefaultTheme,
	enhanceApp({ app }) {
		app.component('Screens', Screens);
	},
} satisfies Theme;
