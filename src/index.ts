export { fetchTransport } from './browser/fetch-transport.js';
export { type IndexedDbCheckpointsOptions, indexedDbCheckpoints } from './browser/indexed-db-checkpoints.js';
export { memoryCheckpoints } from './browser/memory-checkpoints.js';
export { xhrTransport } from './browser/xhr-transport.js';
export type { PartEvent, Progress, RetryEvent, UploadWarning, UploadWarningCode } from './core/events.js';
export type {
	Checkpoint,
	CheckpointQuery,
	CheckpointStore,
	CheckpointSummary,
	Fingerprint,
	ObjectSettings,
	Operation,
	SavedUpload,
	SentListener,
	Transport,
	TransportRequest,
	TransportResponse,
	UploadedPart,
	Verify,
} from './core/ports.js';
export type { RetryOptions } from './core/retry.js';
export type { UploadResult, Verified } from './core/run.js';
export { isFinal, type TaskState } from './core/state.js';
export { CallbackError, isUploadError, ServiceError, UploadError, type UploadErrorCode } from './errors.js';
export type { TaskEvents } from './listeners.js';
export type { ResumeOptions, UploaderOptions, UploadOptions } from './options.js';
export type { SignedRequest, SignRequest, SignRequestInput } from './oss/authorize.js';
export type {
	Credentials,
	CredentialsAnswer,
	CredentialsReason,
	CredentialsRequest,
	GetCredentials,
	StsCredentials,
} from './oss/credentials.js';
export { type CredentialsInit, credentialsFrom } from './oss/credentials-from.js';
export type { EndpointOptions } from './oss/endpoint.js';
export type { Callback, ObjectAcl, ObjectOptions, StorageClass } from './oss/headers.js';
export type { PendingUpload } from './pending.js';
export type { TaskFile, UploadTask } from './upload-task.js';
export { createUploader, type Uploader } from './uploader.js';
