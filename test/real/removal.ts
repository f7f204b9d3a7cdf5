import type { Bucket } from './bucket.js';
import type { BegunUpload } from './ledger.js';
import type { Stage } from './stage.js';

export interface Removed {
	readonly objects: number;
	readonly uploads: number;
	/** What lies there still, each with the reason. */
	readonly left: readonly string[];
	/** An earlier version of each object stays, for that is how the bucket is set. */
	readonly isVersioned: boolean;
}

/** Removes what this run has put and begun, as far as the token may. */
export async function removeAll({ bucket, ledger, prefix }: Stage): Promise<Removed> {
	const left: string[] = [];
	const keys = ledger.keys().filter((key) => key.startsWith(prefix));
	const begun = [...ledger.uploads(), ...(await listed(bucket, prefix))].filter(({ key }) =>
		key.startsWith(prefix),
	);
	const uploads = [...new Map(begun.map((upload) => [upload.uploadId, upload])).values()];
	let isVersioned = false;
	let aborted = 0;
	for (const { key, uploadId } of uploads) {
		const answer = await bucket.ask('DELETE', key, { query: { uploadId } });
		if (answer.status === 204) aborted++;
		// 404: it was completed, or aborted before.
		else if (answer.status !== 404) left.push(`the parts of ${key}, upload ${uploadId}: ${answer}`);
	}
	let deleted = 0;
	for (const key of keys) {
		const answer = await bucket.ask('DELETE', key);
		if (answer.headers.has('x-oss-version-id')) isVersioned = true;
		if (answer.status === 204) deleted++;
		else left.push(`the object ${key}: ${answer}`);
	}
	return { objects: deleted, uploads: aborted, left, isVersioned };
}

/** Uploads of which nothing was heard after they began; none where they may not be listed. */
async function listed(bucket: Bucket, prefix: string): Promise<readonly BegunUpload[]> {
	const { text } = await bucket.ask('GET', undefined, { query: { uploads: '', prefix } });
	return [...text.matchAll(/<Upload>.*?<Key>(.*?)<\/Key>.*?<UploadId>(.*?)<\/UploadId>/gs)].map(
		([, key = '', uploadId = '']) => ({ key, uploadId }),
	);
}
