/** The caller's mistake, answered with 400 and this sentence. */
export class BadRequest extends Error {
	override readonly name = 'BadRequest';
}
