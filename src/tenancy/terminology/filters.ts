import { Problem } from "../../kernel/index.ts";
import { conceptTable, detailTable, keyOf } from "./names.ts";
import type { SystemRow } from "./systems.ts";

/** As ValueSet.compose.include.filter; all must hold. https://hl7.org/fhir/R4/valueset-filter-operator.html */
export type ConceptFilter = {
	readonly property: string;
	readonly op: "=" | "is-a" | "descendent-of" | "is-not-a" | "regex" | "in" | "not-in" | "generalizes" | "exists";
	readonly value: string;
};

/** The values of a statement; gives each its placeholder. */
export class Values {
	readonly list: unknown[] = [];

	add(value: unknown): string {
		return `$${this.list.push(value)}`;
	}
}

/** The concept that a filter like `is-a` names. */
export type Anchor = { readonly id: number; readonly ancestors: readonly number[] };

/** What the SQL of a filter is made from. */
type Making = { readonly system: SystemRow; readonly values: Values; anchorOf(code: string): Anchor };

/** Columns that stand for properties of every system. */
const COLUMNS: Readonly<Record<string, string>> = { concept: "c.code", code: "c.code", display: "c.display" };
const FLAGS: Readonly<Record<string, string>> = { inactive: "c.inactive", notSelectable: "c.abstract" };
const columnOf = (property: string): string | undefined =>
	Object.hasOwn(COLUMNS, property) ? COLUMNS[property] : undefined;
const flagOf = (property: string): string | undefined => (Object.hasOwn(FLAGS, property) ? FLAGS[property] : undefined);

type Compare = (concept: string, anchor: Anchor, values: Values) => string;

const below: Compare = (c, { id }, values) => `${c}.ancestors @> array[${values.add(id)}::integer]`;
const isA: Compare = (c, anchor, values) =>
	`(${below(c, anchor, values)} or ${c}.id = ${values.add(anchor.id)}::integer)`;
const above: Compare = (c, { id, ancestors }, values) => `${c}.id = any(${values.add([id, ...ancestors])}::integer[])`;

const OPERATORS: Readonly<Record<ConceptFilter["op"], (filter: ConceptFilter, making: Making) => string>> = {
	"=": ({ property, value }, { values }) => oneOf(property, [value], values),
	in: ({ property, value }, { values }) => oneOf(property, listOf(value), values),
	"not-in": ({ property, value }, { values }) => `not ${oneOf(property, listOf(value), values)}`,
	"is-a": (filter, making) => related(isA, filter, making),
	"descendent-of": (filter, making) => related(below, filter, making),
	"is-not-a": (filter, making) => `not ${related(isA, filter, making)}`,
	generalizes: (filter, making) => related(above, filter, making),
	exists: ({ property, value }, { values }) => exists(property, value !== "false", values),
	regex: matches,
};

const NAMING: ReadonlySet<string> = new Set(["is-a", "descendent-of", "is-not-a", "generalizes"]);

/** The codes that filters name as places in the hierarchy. */
export const anchorCodes = (filters: readonly ConceptFilter[]): readonly string[] =>
	filters.filter(({ op }) => NAMING.has(op)).map(({ value }) => value);

/** Whether filters can look at more concepts than those asked about: then the question may take long. */
export const areWide = (filters: readonly ConceptFilter[]): boolean =>
	filters.length > 10 ||
	filters.some(({ property, op }) => op === "regex" || (NAMING.has(op) && columnOf(property) !== "c.code"));

const MOST_FILTERS = 1000;

/**
 * SQL that holds for the concepts `c` which fulfil all filters; `anchors` has the concepts of `anchorCodes`.
 * @throws Problem 422 for a filter that cannot be answered for this system, or too many of them.
 */
export function filterSql(
	system: SystemRow,
	filters: readonly ConceptFilter[],
	anchors: ReadonlyMap<string, Anchor>,
	values: Values,
): string {
	if (filters.length > MOST_FILTERS) {
		throw new Problem(
			"too-costly",
			`No more than ${MOST_FILTERS} filters can be asked of ${system.name}: leave some out.`,
		);
	}
	const anchorOf = (code: string): Anchor => {
		const anchor = anchors.get(code);
		if (anchor) return anchor;
		throw refuse(`A filter names the code "${shown(code)}", which ${system.name} ${system.version} does not have.`);
	};
	const conditions = filters.map((filter) => {
		requireKnown(system, filter);
		return OPERATORS[filter.op](filter, { system, values, anchorOf });
	});
	return conditions.length === 0 ? "true" : conditions.join(" and ");
}

function requireKnown({ name, properties }: SystemRow, { property, op }: ConceptFilter): void {
	if (!Object.hasOwn(OPERATORS, op)) throw refuse(`The filter operator "${shown(op)}" is not one of R4's.`);
	if (columnOf(property) || flagOf(property) || properties.includes(property)) return;
	const some = ["concept", "display", "inactive", ...properties].slice(0, 20).join(", ");
	throw refuse(`A filter names the property "${shown(property)}", which ${name} does not have. It has ${some}.`);
}

/** A question that is well-formed and cannot be answered. */
export const refuse = (text: string): Problem => new Problem("unprocessable", { text, code: "not-supported" });

const shown = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

const listOf = (value: string): readonly string[] => value.split(",").map((code) => code.trim());

function oneOf(property: string, wanted: readonly string[], values: Values): string {
	const column = columnOf(property) ?? (flagOf(property) && `${flagOf(property)}::text`);
	if (column) return `${column} = any(${values.add(wanted)}::text[])`;
	const name = `${values.add(property)}::text`;
	// Few are written out, for then the planner knows how many concepts have them; a statement has 65,535 values at most.
	if (wanted.length > FEW)
		return `c.keys && array(select ${keyOf(name, "v")} from unnest(${values.add(wanted)}::text[]) as v)`;
	const keys = wanted.map((value) => keyOf(name, `${values.add(value)}::text`));
	return `c.keys && array[${keys.join(", ")}]`;
}

const FEW = 100;

function exists(property: string, wanted: boolean, values: Values): string {
	if (columnOf(property) || flagOf(property)) return String(wanted);
	return `${wanted ? "" : "not "}c.keys @> array[${keyOf(`${values.add(property)}::text`)}]`;
}

/** Of `concept` the concept itself is compared, of another property the concepts that are its values. */
function related(compare: Compare, { property, value }: ConceptFilter, { system, values, anchorOf }: Making): string {
	const anchor = anchorOf(value);
	if (columnOf(property) === "c.code") return compare("c", anchor, values);
	const key = keyOf(`${values.add(property)}::text`, "d.code");
	return `c.keys && array(select ${key} from ${conceptTable(system.id)} d where ${compare("d", anchor, values)})`;
}

const LONGEST_PATTERN = 500;

function matches({ property, value }: ConceptFilter, { system, values }: Making): string {
	// Without back-references the text is gone through once; what an automaton takes to make, the limit of time ends.
	if (value.length > LONGEST_PATTERN || /\\[1-9]|\(\?[^:]|^\*\*\*/.test(value)) {
		throw refuse(
			`The regular expression "${shown(value)}" is not supported: use literals, ".", classes, "\\d \\w \\s", groups, "|" and counts.`,
		);
	}
	const pattern = `${values.add(`^(?:${value})$`)}::text`;
	const column = columnOf(property) ?? (flagOf(property) && `${flagOf(property)}::text`);
	if (column) return `${column} ~ ${pattern}`;
	const name = `${values.add(property)}::text`;
	return `(c.keys @> array[${keyOf(name)}] and exists (
		select from ${detailTable(system.id)} e, json_array_elements(e.properties) as p where e.id = c.id and p->>0 = ${name} and p->>1 ~ ${pattern}))`;
}
