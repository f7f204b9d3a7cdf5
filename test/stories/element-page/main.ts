import { createUploader } from 'oss-resumable-upload';
import 'oss-resumable-upload/element';

/** `?endpoint=` of the emulator, `credentials` as its own JSON, and what an upload is to be like. */
const query = new URLSearchParams(location.search);

declare global {
	interface Window {
		/** Names of the element's events, in their order. */
		events: string[];
	}
}

window.events = [];
const element = document.querySelector('oss-upload');
if (!element) throw new Error('The page has no <oss-upload>');
for (const name of ['before', 'done', 'failed'] as const) {
	document.addEventListener(`oss-upload-${name}`, () => window.events.push(name));
}
for (const name of query.getAll('attribute')) element.setAttribute(name, '');
document.documentElement.lang = query.get('lang') ?? 'en';
document.documentElement.dir = query.get('dir') ?? 'ltr';
element.uploadOptions = { partSize: Number(query.get('partSize')) };
element.objectKey = (_, unfinished, path) => unfinished?.key ?? `films/${path}`;
element.uploader = createUploader({
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint: query.get('endpoint') ?? '',
	// What the browser keeps outlives a story, and its OSS does not.
	scope: query.get('endpoint') ?? '',
	getCredentials: () => JSON.parse(query.get('credentials') ?? ''),
});
document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
document.body.dataset.ready = 'true';
