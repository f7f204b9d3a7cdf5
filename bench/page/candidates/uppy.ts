import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import type { Candidate } from '../candidate.js';
import type { Settings } from '../task.js';

type Parts = { readonly getChunkSize?: () => number; readonly shouldUseMultipart?: boolean };

/** The URLs need no signature here. */
export function uppyApp({ sink, parallel }: Settings, parts: Parts): Uppy {
	const app = new Uppy();
	app.use(AwsS3, {
		...parts,
		...(parallel && { limit: parallel }),
		signRequest: (request) => {
			const url = new URL(`${sink}/examplebucket/${request.key}`);
			if ('partNumber' in request) url.searchParams.set('partNumber', String(request.partNumber));
			if ('uploadId' in request) url.searchParams.set('uploadId', request.uploadId);
			else if (request.method === 'POST') url.searchParams.set('uploads', '');
			return { url: url.href };
		},
	});
	return app;
}

/** It sends the parts of one file one after the other, whatever `limit` says. */
export const uppy: Candidate = async (file, settings) => {
	const { partSize } = settings;
	const app = uppyApp(settings, partSize ? { getChunkSize: () => partSize, shouldUseMultipart: true } : {});
	app.addFile({ name: 'uppy', type: file.type, data: file });
	const result = await app.upload();
	if (result?.successful?.length !== 1) throw new Error(`Uppy failed: ${result?.failed?.[0]?.error}`);
};
