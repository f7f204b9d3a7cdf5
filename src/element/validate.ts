/** Why the file is not taken, if it is not; a file of which it fails to say so is not taken. `files`: all that came with it. */
export type Validate = (
	file: File,
	files: readonly File[],
) => string | undefined | null | Promise<string | undefined | null>;

/** A `validate` that fails has not said that the file is good. */
export async function reasonOf(validate: Validate, file: File, files: readonly File[]): Promise<unknown> {
	try {
		return await validate(file, files);
	} catch (cause) {
		const error = cause || new Error('validate failed');
		// The row tells people what helps people; this is for whoever builds the page.
		reportError(error);
		return error;
	}
}
