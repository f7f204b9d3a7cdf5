import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'rolldown/utils';

/** What a file itself declares by name: functions, classes, their members, constants; private ones with their `#`. */
export function declaredIn(path: string): ReadonlySet<string> {
	const names = new Set<string>();
	const add = (node: { readonly type: string; readonly name?: unknown } | null): void => {
		if (node?.type === 'Identifier') names.add(String(node.name));
		if (node?.type === 'PrivateIdentifier') names.add(`#${node.name}`);
	};
	const { program } = parseSync(path, readFileSync(path, 'utf8'));
	new Visitor({
		FunctionDeclaration: ({ id }) => add(id),
		ClassDeclaration: ({ id }) => add(id),
		VariableDeclarator: ({ id }) => add(id),
		MethodDefinition: ({ key }) => add(key),
		PropertyDefinition: ({ key }) => add(key),
		// Of an object that is made, not of one that is taken apart.
		ObjectExpression: ({ properties }) => {
			for (const property of properties)
				if (property.type === 'Property' && !property.shorthand) add(property.key);
		},
	}).visit(program);
	return names;
}
