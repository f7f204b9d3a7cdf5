import type { Candidate } from '../candidate.js';

/** The limit: nothing but `fetch` of slices. */
export const bare: Candidate = async (file, { sink, partSize = 4 * 1024 * 1024, parallel = 5 }) => {
	const url = `${sink}/examplebucket/bare`;
	const text = await (await fetch(`${url}?uploads`, { method: 'POST' })).text();
	const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1];
	let next = 1;
	const lane = async () => {
		for (let at = next++; (at - 1) * partSize < file.size; at = next++) {
			const body = file.slice((at - 1) * partSize, at * partSize);
			await (await fetch(`${url}?partNumber=${at}&uploadId=${uploadId}`, { method: 'PUT', body })).text();
		}
	};
	await Promise.all(Array.from({ length: parallel }, lane));
	await (await fetch(`${url}?uploadId=${uploadId}`, { method: 'POST' })).text();
};
