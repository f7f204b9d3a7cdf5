/** Answered with 302: the browser goes on to this address. */
export class Redirect {
	readonly location: string;

	constructor(location: string) {
		this.location = location;
	}
}
