import { createUploader, type Uploader } from 'oss-resumable-upload';
import { adviceOn } from './advice.js';
import { announce } from './announcer.js';
import { element, find, setText } from './element.js';
import { watchFiles } from './file-drop.js';
import { PendingList } from './pending-list.js';
import { changeWeather, fetchCredentials, fetchSignature, loadPlace, type Place } from './server-api.js';
import { settingsPanel } from './settings.js';
import { UploadList } from './upload-list.js';
import { weatherPanel } from './weather-panel.js';

/**
 * `?sign=server` has each request signed by the server; `?throttle=<bytes per second>` slows each connection to the
 * emulator; `?partSize`, `?parallel` and `?verify` are the settings panel's.
 */
const query = new URLSearchParams(location.search);
const isSignedByServer = query.get('sign') === 'server';

/** One uploader for each number of requests at once: the files picked before a change keep theirs. */
function uploadersOf({ bucket, region, endpoint }: Place, parallel: () => number): () => Uploader {
	const uploaders = new Map<number, Uploader>();
	const signing = isSignedByServer ? { signRequest: fetchSignature } : { getCredentials: fetchCredentials };
	return () => {
		const wanted = parallel();
		const uploader =
			uploaders.get(wanted) ?? createUploader({ bucket, region, endpoint, parallel: wanted, ...signing });
		uploaders.set(wanted, uploader);
		return uploader;
	};
}

function showPlace({ mode, bucket, region, endpoint }: Place): void {
	const where =
		mode === 'oss' ? `Bucket ${bucket}, ${region}` : `OSS emulator at ${new URL(endpoint ?? '').host}`;
	setText(
		find('#place', HTMLElement),
		isSignedByServer ? `${where} · each request signed by the server` : where,
	);
}

async function start(): Promise<void> {
	const place = await loadPlace();
	showPlace(place);
	const settings = settingsPanel();
	const uploader = uploadersOf(place, () => settings().parallel);
	if (place.mode === 'emulator') {
		weatherPanel();
		const bytesPerSecond = Number(query.get('throttle'));
		if (bytesPerSecond > 0) await changeWeather('slow', { bytesPerSecond });
	}
	const uploads = new UploadList({ uploader, settings, onChange: () => void pending.refresh() });
	const pending = new PendingList({
		load: async () => (await uploader().pending()).filter(({ id }) => !uploads.has(id)),
		resume: (interrupted, file) => uploads.goOn(interrupted, file),
		discard: ({ id }) =>
			uploader()
				.discard(id)
				.then(() => undefined, adviceOn),
	});
	watchFiles((files) => {
		for (const file of files) uploads.add(file);
	});
	await pending.refresh();
	document.body.dataset.ready = 'true';
}

start().catch((error: unknown) => {
	const reason = error instanceof Error ? error.message : String(error);
	setText(find('#place', HTMLElement), `This page could not start: ${reason}`);
	find('main', HTMLElement).prepend(
		element('p', {}, 'Is the demo server running? Reload the page to try again.'),
	);
	announce('This page could not start');
});
