import { aliOssClient } from '../candidates/ali-oss.js';
import type { ManyCandidate } from './candidate.js';
import { inLanes } from './lanes.js';

/** It verifies nothing. */
export const aliOss: ManyCandidate = (files, { sink, parallel = 5 }) => {
	const client = aliOssClient(sink);
	return inLanes(files, parallel, (file, at) => client.put(`ali-oss-${at}`, file));
};
