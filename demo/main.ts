import {
	createUploader,
	type PendingUpload,
	UploadError,
	type Uploader,
	type UploadTask,
} from 'oss-resumable-upload';
import { adviceOn } from './advice.js';
import { announce } from './announcer.js';
import { element, find, setText } from './element.js';
import { watchFiles } from './file-drop.js';
import { formatBytes } from './format.js';
import { PendingList } from './pending-list.js';
import { changeWeather, fetchCredentials, fetchSignature, loadPlace, type Place } from './server-api.js';
import { settingsPanel } from './settings.js';
import { UploadCard } from './upload-card.js';
import { weatherPanel } from './weather-panel.js';

const query = new URLSearchParams(location.search);

/** Random, as an application's own would be: a function is asked only where this file has no unfinished upload. */
const makeKey = (file: Blob): string =>
	`demo/${crypto.randomUUID().slice(0, 8)}-${file instanceof File ? file.name : 'file'}`;

/** One uploader for each number of requests at once: the files picked before a change keep theirs. */
function uploadersOf({ bucket, region, endpoint }: Place, parallel: () => number): () => Uploader {
	const uploaders = new Map<number, Uploader>();
	const signing =
		query.get('sign') === 'server' ? { signRequest: fetchSignature } : { getCredentials: fetchCredentials };
	return () => {
		const wanted = parallel();
		const uploader =
			uploaders.get(wanted) ??
			createUploader({ bucket, region, ...(endpoint && { endpoint }), parallel: wanted, ...signing });
		uploaders.set(wanted, uploader);
		return uploader;
	};
}

function showPlace({ mode, bucket, region, endpoint }: Place): void {
	const sign = query.get('sign') === 'server' ? ' · signed by the server' : '';
	const where =
		mode === 'oss' ? `Bucket ${bucket}, ${region}` : `OSS emulator at ${new URL(endpoint ?? '').host}`;
	setText(find('#place', HTMLElement), where + sign);
}

/** Resolves once OSS and file were compared, when parts go out or the task is over. */
const compared = (task: UploadTask): Promise<void> =>
	new Promise((resolve) => {
		const settle = () => {
			if (task.state === 'waiting' || task.state === 'preparing') return;
			stop();
			resolve();
		};
		const stop = task.on('state', settle);
		settle();
	});

async function start(): Promise<void> {
	const place = await loadPlace();
	showPlace(place);
	const settings = settingsPanel();
	const uploader = uploadersOf(place, () => settings().parallel);
	if (place.mode === 'emulator') weatherPanel();
	const bytesPerSecond = Number(query.get('throttle'));
	if (bytesPerSecond > 0) await changeWeather('slow', { bytesPerSecond });

	const cards = new Set<UploadCard>();
	const list = find('#uploads ul', HTMLElement);

	const upload = (file: File, key = makeKey): UploadTask => {
		const { partSize, verify } = settings();
		return uploader().upload(file, { key, partSize, verify });
	};

	const makeCard = (file: File, task: UploadTask): UploadCard => {
		const card: UploadCard = new UploadCard({
			file,
			task,
			again: () => upload(file),
			onChange: () => void pending.refresh(),
			onDismiss: () => {
				cards.delete(card);
				find('#uploads', HTMLElement).hidden = cards.size === 0;
				find(cards.size === 0 ? '#picker-title' : '#uploads-title', HTMLElement).focus();
				void pending.refresh();
			},
		});
		cards.add(card);
		return card;
	};

	const show = (card: UploadCard): void => {
		list.prepend(card.node);
		find('#uploads', HTMLElement).hidden = false;
	};

	const pending = new PendingList({
		load: async () => {
			const found = await uploader().pending();
			const here = new Set([...cards].map((card) => card.checkpointId));
			return found.filter(({ id }) => !here.has(id));
		},
		resume: async (interrupted, file) => {
			const { size } = interrupted;
			if (file.size !== size) {
				return otherFile(
					interrupted,
					file,
					`it has ${formatBytes(file.size)} instead of ${formatBytes(size)}`,
				);
			}
			const task = uploader().resume(interrupted.id, file);
			const card = makeCard(file, task);
			await compared(task);
			if (task.state !== 'failed') {
				show(card);
				return undefined;
			}
			cards.delete(card);
			card.close();
			const error: unknown = await task.result.catch((reason: unknown) => reason);
			return isOtherFile(error) ? otherFile(interrupted, file, 'its content differs') : adviceOn(error);
		},
		discard: (interrupted) => uploader().discard(interrupted.id),
	});

	watchFiles((files) => {
		for (const file of files) show(makeCard(file, upload(file)));
	});
	await pending.refresh();
	document.body.dataset.ready = 'true';
}

const isOtherFile = (error: unknown): boolean => error instanceof UploadError && error.code === 'FileChanged';

const otherFile = (interrupted: PendingUpload, file: File, why: string): string =>
	`${file.name} is not the file of this upload: ${why}. Nothing was changed; pick ${interrupted.name}.`;

start().catch((error: unknown) => {
	const reason = error instanceof Error ? error.message : String(error);
	setText(find('#place', HTMLElement), `This page could not start: ${reason}`);
	find('main', HTMLElement).prepend(
		element('p', { class: 'note' }, 'Is the demo server running? Reload the page to try again.'),
	);
	announce('This page could not start');
});
