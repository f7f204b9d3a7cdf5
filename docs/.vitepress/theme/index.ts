import type { Theme } from 'vitepress';
// Its fonts are those of the system: none is loaded.
import DefaultTheme, { VPHomeContent, VPHomeFeatures, VPHomeHero } from 'vitepress/theme-without-fonts';
import { Screens } from './screens.js';
import './style.css';

export default {
	extends: DefaultTheme,
	enhanceApp({ app }) {
		app.component('Screens', Screens);
		// The theme's own home has no `main`: docs/index.md puts its parts into one.
		app.component('HomeHero', VPHomeHero);
		app.component('HomeFeatures', VPHomeFeatures);
		app.component('HomeContent', VPHomeContent);
	},
} satisfies Theme;
