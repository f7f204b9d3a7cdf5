import { defineComponent, h } from 'vue';

const files = import.meta.glob<string>('../../screens/*.{png,webp,svg,gif}', {
	eager: true,
	query: '?url',
	import: 'default',
});

/** The picture of docs/screens that is called `<name>-light` or `<name>-dark`. */
const fileOf = (name: string, scheme: string): string | undefined =>
	Object.entries(files).find(([path]) => path.split('/').at(-1)?.startsWith(`${name}-${scheme}.`))?.[1];

/** What a picture shows, in the page's own scheme; nothing while it has not been taken. */
export const Screens = defineComponent({
	props: { name: { type: String, required: true }, alt: { type: String, required: true } },
	setup({ name, alt }) {
		const light = fileOf(name, 'light');
		const dark = fileOf(name, 'dark') ?? light;
		return () =>
			light &&
			h('p', { class: 'screens' }, [
				h('img', { src: light, alt, class: 'in-light', loading: 'lazy' }),
				h('img', { src: dark, alt, class: 'in-dark', loading: 'lazy' }),
			]);
	},
});
