import type { Credentials, CredentialsRequest, UploaderOptions, UploadOptions } from 'oss-resumable-upload';

/** What the test has written into the page's address. */
const given = new URLSearchParams(location.search);
const text = (name: string): string => given.get(name) ?? '';

export const story: string = text('story');

export const options = {
	bucket: 'examplebucket',
	region: 'cn-hangzhou',
	endpoint: text('endpoint'),
	getCredentials: (_: CredentialsRequest): Credentials => JSON.parse(text('credentials')),
	parallel: 1,
} satisfies UploaderOptions;

export const upload = { key: 'k', partSize: 100 * 1024 } satisfies UploadOptions;

export function picked(): File {
	const file = document.querySelector('input')?.files?.[0];
	if (file === undefined) throw new Error('Nothing was picked');
	return file;
}
