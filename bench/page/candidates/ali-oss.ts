// @ts-expect-error It brings no types.
import OSS from 'ali-oss/dist/aliyun-oss-sdk.min.js';
import type { Candidate } from '../candidate.js';

export const aliOssClient = (sink: string) =>
	new OSS({
		region: 'oss-cn-hangzhou',
		bucket: 'examplebucket',
		endpoint: sink.replace('127.0.0.1', 'localhost'),
		sldEnable: true,
		secure: false,
		accessKeyId: 'bench',
		accessKeySecret: 'bench',
		stsToken: 'bench',
		authorizationV4: true,
	});

export const aliOss: Candidate = async (file, { sink, partSize, parallel }) => {
	const options = { ...(partSize && { partSize }), ...(parallel && { parallel }) };
	await aliOssClient(sink).multipartUpload('ali-oss', file, options);
};
