/** The other task that ran the upload has aborted it. */
export class AbortedByOther extends DOMException {
	constructor() {
		super('The upload was aborted', 'AbortError');
	}
}
