const camelCase = (name: string): string =>
	name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Properties that are their attributes, as frameworks set them. */
export function reflect(prototype: HTMLElement, flags: readonly string[], texts: readonly string[]): void {
	for (const name of [...flags, ...texts]) {
		const isFlag = flags.includes(name);
		Object.defineProperty(prototype, camelCase(name), {
			configurable: true,
			enumerable: true,
			get(this: HTMLElement) {
				return isFlag ? this.hasAttribute(name) : (this.getAttribute(name) ?? '');
			},
			set(this: HTMLElement, value: unknown) {
				if (isFlag) this.toggleAttribute(name, Boolean(value));
				else if (value == null || value === '') this.removeAttribute(name);
				else this.setAttribute(name, String(value));
			},
		});
	}
}
