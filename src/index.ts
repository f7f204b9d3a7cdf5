export {
	CallbackError,
	isUploadError,
	ServiceError,
	UploadError,
	type UploadErrorCode,
} from './base/errors.js';
export { fetchTransport } from './browser/network/fetch-transport.js';
export { xhrTransport } from './browser/network/xhr-transport.js';
export {
	type IndexedDbCheckpointsOptions,
	indexedDbCheckpoints,
} from './browser/storage/indexed-db-checkpoints.js';
export { memoryCheckpoints } from './browser/storage/memory-checkpoints.js';
export type {
	Checkpoint,
	CheckpointSummary,
	ObjectSettings,
	Operation,
	SavedUpload,
	UploadedPart,
	Verify,
} from './core/model.js';
export type {
	CheckpointQuery,
	CheckpointStore,
	FileHandle,
	Fingerprint,
	KeptSource,
	SentListener,
	SourceStore,
	Transport,
	TransportRequest,
	TransportResponse,
} from './core/ports.js';
export type { RetryOptions } from './core/schedule/retry.js';
export type {
	PartEvent,
	Progress,
	RetryEvent,
	UploadWarning,
	UploadWarningCode,
} from './core/task/events.js';
export type { TaskEvents } from './core/task/listeners.js';
export { isFinal, type TaskState } from './core/task/state.js';
export type { Totals } from './core/task/totals.js';
export type { TaskFile, TaskSnapshot, UploadTask } from './core/task/upload-task.js';
export type { UploadResult, Verified } from './core/upload/run.js';
export type { SourceKind } from './file-keeper.js';
export type { ResumeOptions, UploaderOptions, UploadOptions } from './options.js';
export type { EndpointOptions } from './oss/endpoint.js';
export type { Callback, ObjectAcl, ObjectOptions, StorageClass } from './oss/headers.js';
export type { SignedRequest, SignRequest, SignRequestInput } from './oss/signing/contract.js';
export type {
	Credentials,
	CredentialsAnswer,
	CredentialsReason,
	CredentialsRequest,
	GetCredentials,
	StsCredentials,
} from './oss/signing/credentials.js';
export { type CredentialsInit, credentialsFrom } from './oss/signing/credentials-from.js';
export type { UploaderSnapshot } from './overview.js';
export type { PendingUpload, Swept } from './pending.js';
export type { Uploader } from './public-uploader.js';
export { createUploader } from './uploader.js';
