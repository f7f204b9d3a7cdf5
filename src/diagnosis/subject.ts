import type { CheckpointStore, Transport } from '../core/ports.js';
import type { OssClientOptions } from '../oss/client.js';
import type { EndpointOptions } from '../oss/endpoint.js';

/** What is known of the uploader that is looked at: some of its options. */
export interface Subject
	extends EndpointOptions,
		Pick<OssClientOptions, 'signatureVersion' | 'getCredentials' | 'signRequest' | 'credentialsFor'> {
	readonly transport?: Transport | undefined;
	readonly parallel?: number | undefined;
	readonly checkpoints?: CheckpointStore | false | undefined;
	readonly workerUrl?: string | URL | undefined;
}
