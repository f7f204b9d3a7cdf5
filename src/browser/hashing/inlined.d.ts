/** Of Vite: starts a worker from its text, which stands in the file that imports this. */
declare module '*?worker&inline' {
	// biome-ignore lint/style/noDefaultExport: so does Vite export it
	export default class InlineWorker extends Worker {
		constructor();
	}
}
