import type { MarkdownOptions } from 'vitepress';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];

const TITLE = /\[([^\]]+)\]/;

/**
 * Shows the name of a file above its text: that which a block has in brackets, ` ```ts [src/main.ts]`. In a code group it
 * stands on the tab already.
 */
export function fileNames(md: MarkdownIt): void {
	md.core.ruler.push('file_names', ({ tokens }) => {
		let groups = 0;
		for (const token of tokens) {
			if (token.type === 'container_code-group_open') groups++;
			if (token.type === 'container_code-group_close') groups--;
			if (token.type === 'fence' && groups === 0) token.meta = { ...token.meta, isAlone: true };
		}
	});
	const { fence } = md.renderer.rules;
	if (!fence) throw new Error('There is no rule for code blocks');
	md.renderer.rules.fence = (tokens, index, ...rest) => {
		const token = tokens[index];
		const [, name] = TITLE.exec(token?.info ?? '') ?? [];
		const block = fence(tokens, index, ...rest);
		if (name === undefined || !token?.meta?.isAlone) return block;
		return `<div class="file"><p class="file-name">${md.utils.escapeHtml(name)}</p>${block}</div>`;
	};
}
