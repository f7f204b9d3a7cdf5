// The page of the elements, of custom-elements.json.

const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
const code = (text) => (text ? `\`${text.replaceAll('|', '\\|')}\`` : '');

/** Columns that hold nothing are left out. */
function table(title, columns, rows = []) {
	if (rows.length === 0) return [];
	const cells = Object.entries(columns)
		.map(([name, of]) => [name, ...rows.map(of)])
		.filter(([, ...column]) => column.some(Boolean));
	const lineOf = (index) => `| ${cells.map((column) => column[index]).join(' | ')} |`;
	const rule = `| ${cells.map(() => '---').join(' | ')} |`;
	return [`### ${title}`, [lineOf(0), rule, ...rows.map((_, index) => lineOf(index + 1))].join('\n')];
}

const named = ({ name }) => code(name) || 'the default one';
const typed = ({ type }) => code(type?.text);
const described = ({ description = 'As of every control of a form.' }) => cell(description);

const parameters = ({ name, parameters = [] }) =>
	code(`${name}(${parameters.map((each) => each.name).join(', ')})`);

function sectionsOf({ tagName, description, members = [], ...element }) {
	// The attributes say what the properties of their names are.
	const reflected = new Set((element.attributes ?? []).map(({ fieldName }) => fieldName));
	const properties = members.filter(({ kind, name }) => kind === 'field' && !reflected.has(name));
	const states = (element.cssStates ?? []).map((state) => ({ ...state, name: `:state(${state.name})` }));
	const of = (title) => `${title} of ${tagName}`;
	return [
		`## \`<${tagName}>\` {#${tagName}}`,
		description,
		...table(
			of('Attributes'),
			{
				attribute: named,
				property: ({ fieldName }) => code(fieldName),
				type: typed,
				'what it says': described,
			},
			element.attributes,
		),
		...table(of('Properties'), { property: named, type: typed, 'what it is': described }, properties),
		...table(
			of('Methods'),
			{ method: parameters, 'what it does': described },
			members.filter(({ kind }) => kind === 'method'),
		),
		...table(of('Events'), { event: named, type: typed, when: described }, element.events),
		...table(of('Slots'), { slot: named, 'what it holds': described }, element.slots),
		...table(of('Parts'), { '`::part()`': named, 'what it is': described }, element.cssParts),
		...table(of('States'), { state: named, when: described }, states),
		...table(
			of('Custom properties'),
			{ property: named, default: (row) => code(row.default), 'what it sets': described },
			element.cssProperties,
		),
	];
}

export function elementsPage({ modules }) {
	const elements = modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName);
	return [
		'---\noutline: 2\n---',
		'# The elements',
		'Made of `custom-elements.json`, which lies in the package: editors read it too. How they are used: [the element](../guide/element.md).',
		...elements.flatMap(sectionsOf),
		'',
	].join('\n\n');
}
