import { defineComponent, h } from 'vue';

// Only what is shown: each that is named here becomes a file of the site. Taken by `npm run docs:screens`.
const files = import.meta.glob<string>('../../screens/uploading-{1280,360}-{light,dark}.png', {
	eager: true,
	query: '?url',
	import: 'default',
});

const addressOf = (name: string): string | undefined => files[`../../screens/${name}.png`];

/** The demo while it uploads, in the page's own scheme, wide or narrow; nothing while no picture has been taken. */
export const Screens = defineComponent({
	props: { alt: { type: String, required: true } },
	setup({ alt }) {
		const pictureOf = (scheme: 'light' | 'dark') =>
			h('picture', { class: `in-${scheme}` }, [
				h('source', { media: '(max-width: 640px)', srcset: addressOf(`uploading-360-${scheme}`) }),
				h('img', { src: addressOf(`uploading-1280-${scheme}`), alt, loading: 'lazy' }),
			]);
		const isTaken = Object.keys(files).length === 4;
		return () => isTaken && h('p', { class: 'screens' }, [pictureOf('light'), pictureOf('dark')]);
	},
});
