import type { Settings } from '../task.js';
import type { ManyCandidate } from './candidate.js';
import { inLanes } from './lanes.js';

type Put = (url: string, file: File) => Promise<void>;

export const putByFetch: Put = async (url, file) => {
	await (await fetch(url, { method: 'PUT', body: file })).text();
};

const putByXhr: Put = (url, file) =>
	new Promise((resolve, reject) => {
		const xhr = new XMLHttpRequest();
		xhr.onload = () => resolve();
		xhr.onerror = () => reject(new Error(`No answer to ${url}`));
		xhr.open('PUT', url);
		xhr.send(file);
	});

/** The limit: nothing but a PUT of each File. */
const bare =
	(put: Put): ManyCandidate =>
	(files, { sink, parallel = 5 }: Settings) =>
		inLanes(files, parallel, (file, at) => put(`${sink}/examplebucket/bare-${at}`, file));

export const bareFetch = bare(putByFetch);
export const bareXhr = bare(putByXhr);
