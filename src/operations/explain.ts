import { type ExplainedSearch, explainSearch } from "../interactions/index.ts";
import { isRawNumber, type Json } from "../kernel/index.ts";
import { type Operation, type OperationParameter, ownDefinition } from "./operation.ts";

const out = (name: string, type: string, max: string, documentation: string): OperationParameter => ({
	name,
	use: "out",
	min: 0,
	max,
	type,
	documentation,
});

/** How a search of a type is read, compiled and answered, and what would make it faster. */
export const explain: Operation = {
	code: "explain",
	definition: ownDefinition("explain"),
	documentation: "How this server answers a search: tree, SQL, plan, and advice. Give the parameters of the search.",
	levels: ["type"],
	affectsState: false,
	isOpen: true,
	parameters: [
		out("tree", "string", "1", "The search as read"),
		out("sql", "string", "1", "The statement of its first page, with placeholders"),
		out("value", "", "*", "For each placeholder, in order: kind and value"),
		out("plan", "string", "1", "PostgreSQL's plan, as JSON"),
		out("rowsRead", "decimal", "1", "Rows of tables that were looked at"),
		out("planningMs", "decimal", "1", "Milliseconds of planning"),
		out("executionMs", "decimal", "1", "Milliseconds of execution"),
		out("index", "string", "*", "Indexes used"),
		out("advice", "string", "*", "What would make it faster"),
	],
	access: { roles: ["ADMIN"] },
	async handle(exchange, input) {
		const pairs = [...input].flatMap(([name, values]) => values.map((value) => [name, textOf(value)] as const));
		const explained = await explainSearch(exchange, exchange.params.type, pairs);
		return { status: 200, body: JSON.stringify({ resourceType: "Parameters", parameter: parametersOf(explained) }) };
	},
};

const textOf = (value: Json): string => (isRawNumber(value) ? value.rawJSON : String(value));

const STOPPED = "The search ran into the clinic's time limit: the plan is only an estimate and has no actual figures.";

function parametersOf({ tree, statement, plan, isStopped, reading }: ExplainedSearch): object[] {
	const decimal = (name: string, value: number | undefined): object[] =>
		value === undefined ? [] : [{ name, valueDecimal: value }];
	const text = (name: string) => (value: string) => ({ name, valueString: value });
	return [
		text("tree")(tree),
		text("sql")(statement.text),
		...statement.values.map((value) => ({
			name: "value",
			part: [
				{ name: "kind", valueCode: kindOf(value) },
				{ name: "value", valueString: String(value) },
			],
		})),
		text("plan")(JSON.stringify(plan)),
		...decimal("rowsRead", reading.rowsRead),
		...decimal("planningMs", reading.planningMs),
		...decimal("executionMs", reading.executionMs),
		...reading.indexes.map(text("index")),
		...[...(isStopped ? [STOPPED] : []), ...reading.advice].map(text("advice")),
	];
}

const kindOf = (value: unknown): string =>
	Array.isArray(value) ? "list" : typeof value === "string" ? "text" : typeof value;
