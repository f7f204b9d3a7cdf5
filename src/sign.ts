/** For servers: signatures V4 and V1, presigned URLs, and what an endpoint needs that `signRequest` asks. */

export type { UploadRules } from './oss/signing/asked-request.js';
export type { Credentials, CredentialsAnswer, StsCredentials } from './oss/signing/credentials-answer.js';
export { NotSignedError } from './oss/signing/not-signed-error.js';
export {
	createSigner,
	type RequestToSign,
	type SignedUpload,
	type Signer,
	type SignerOptions,
} from './oss/signing/signer.js';
