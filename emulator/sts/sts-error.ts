/** A refusal of STS, as its JSON says it. */
export class StsError extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/** Of a parameter that is there, but wrong. */
export const invalidParameter = (name: string, message: string): StsError =>
	new StsError(400, `InvalidParameter.${name}`, message);

export const missing = (name: string): StsError =>
	new StsError(400, `Missing${name}`, `${name} is mandatory for this action.`);
