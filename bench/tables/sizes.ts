import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { appSize, ownSizes } from '../../scripts/bundle-size.mjs';
import { atMost, type Section } from '../section.js';
import { KiB, whole } from '../units.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PEERS: readonly (readonly [string, string])[] = [
	['ali-oss', "import OSS from 'ali-oss/dist/aliyun-oss-sdk.min.js'; globalThis.upload = OSS;"],
	[
		'Uppy core + aws-s3',
		"import AwsS3 from '@uppy/aws-s3'; import Uppy from '@uppy/core'; globalThis.upload = [Uppy, AwsS3];",
	],
	['tus-js-client', "import { Upload } from 'tus-js-client'; globalThis.upload = Upload;"],
];

export async function sizes(): Promise<Section> {
	// What is there may be old, or not be there.
	execFileSync(process.execPath, ['scripts/steps.mjs', 'build'], { cwd: ROOT, stdio: 'inherit' });
	const { page, worker } = await ownSizes();
	const rows = [
		['ours, all that a page loads by default', whole(page)],
		['ours, the worker beside it', whole(worker)],
	];
	for (const [name, source] of PEERS) rows.push([name, whole(await appSize(source))]);
	return {
		title: '(f) Sizes',
		text: 'The smallest import that can upload a file, minified and gzipped. A KB is 1,024 bytes.',
		columns: ['', 'bytes'],
		rows,
		figures: [
			atMost('what a page loads by default', 30, page / KiB, ' KB'),
			atMost('the worker', 8, worker / KiB, ' KB'),
		],
	};
}
